import { createHash } from "node:crypto";
import type { Answer } from "./route";

export interface PageLink {
  address: string;
  words: string;
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

export const SMALL_STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { box-sizing: border-box; width: 100%; max-width: 26rem; padding: 2rem 1.5rem; text-align: center; }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.25; }
p { margin: 0 0 .75rem; }
a { display: block; margin: 1.5rem 0; padding: .9rem 1.25rem; border-radius: .6rem; background: #1d4ed8; color: #fff;
  font-weight: 600; text-decoration: none; }
a:focus-visible { outline: 3px solid #93c5fd; outline-offset: 2px; }
small { color: GrayText; }
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
    link === undefined ? "" : button(link),
    ...says.map((text) => `<p>${escapeHtml(text)}</p>`),
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
  return `<a href="${escapeHtml(address)}" rel="noreferrer">${escapeHtml(words)}</a>`;
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
