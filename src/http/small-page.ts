import { createHash } from "node:crypto";
import { paletteStyle } from "../base/page-palette";
import type { Answer } from "./route";

export interface PageLink {
  address: string;
  words: string;
}

/** Returns the link of a page that says that something failed, for somebody who opened this address. */
export type WayOut = (opened: Opened) => PageLink;

export interface Opened {
  path: string;
  search: string;
  referer: string | undefined;
  /** The same address may work in a while. */
  retryable?: boolean;
}

/** A page of ours for people: words, the ways on, and nothing that runs. */
export interface SmallPage {
  status: number;
  title: string;
  /** Paragraphs, in words. */
  says: readonly string[];
  /** The one button. */
  link?: PageLink;
  /** Buttons to choose from, below the words. */
  choices?: readonly PageLink[];
  /** Where the browser goes by itself. */
  forward?: string;
  /** For those who ask for help. */
  code?: string;
}

export const SMALL_STYLE = `${paletteStyle}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 1rem;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink); background: var(--ground);
  overflow-wrap: anywhere; }
main { width: 100%; max-width: 26rem; padding: 2rem 1.5rem; text-align: center; background: var(--paper);
  border: 1px solid var(--line); border-radius: .75rem; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 .75rem; }
main > :last-child { margin-bottom: 0; }
.button { display: block; margin: 1.25rem 0; padding: .75rem 1.25rem; border: 1px solid var(--accent); border-radius: .5rem;
  background: var(--accent); color: var(--on-accent); font-weight: 600; text-decoration: none; }
.button + .button { margin-top: -.5rem; }
.button:hover { border-color: var(--ink); }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
small { color: var(--soft); font-size: .875rem; }
`;

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(SMALL_STYLE).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function pageAnswer({ status, title, says, link, choices = [], forward, code }: SmallPage): Answer {
  const html = [
    `<!doctype html><html lang="en"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">`,
    forward === undefined ? "" : `<meta http-equiv="refresh" content="0;url=${escapeHtml(forward)}">`,
    `<title>${escapeHtml(title)}</title><link rel="icon" href="data:,"><style>${SMALL_STYLE}</style></head>`,
    `<body><main><h1>${escapeHtml(title)}</h1>`,
    ...says.map((text) => `<p>${escapeHtml(text)}</p>`),
    link === undefined ? "" : button(link),
    ...choices.map(button),
    code === undefined ? "" : `<p><small>${escapeHtml(code)}</small></p>`,
    `</main></body></html>\n`,
  ].join("");
  return {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY },
    body: html,
  };
}

function button({ address, words }: PageLink): string {
  return `<a href="${escapeHtml(address)}" class="button" rel="noreferrer">${escapeHtml(words)}</a>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter);
}
