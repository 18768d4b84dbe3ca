import { html, type Html } from "./html";

export interface Look {
  title: string;
  body: Html;
  /** One column, for a single task. */
  narrow?: boolean;
  lang?: string;
  /** The control room itself: it needs no way to the control room, and a script keeps its place over a reload. */
  isRoom?: boolean;
}

/** A whole page. It works without a script. */
export function layout({ title, body, narrow = false, isRoom = false }: Look): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="/assets/style.css" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
      </head>
      <body>
        <main class="${narrow ? "narrow" : isRoom ? "wide" : ""}">${body}</main>
        ${isRoom ? html`<script src="/assets/room.js"></script>` : footer(narrow)}
      </body>
    </html>`;
}

function footer(narrow: boolean): Html {
  return html`<footer class="${narrow ? "narrow" : ""}">
    <a href="/">Control room of the simulated Stripe</a>
  </footer>`;
}

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#4338ca"/><path d="M5 8a3 3 0 1 1 2 2.8V13H5z" fill="#fff"/></svg>`;

export function top(left: Html | string, right: Html | null = null): Html {
  return html`<div class="top">
    <div>${left}</div>
    <div>${right} <span class="badge">Simulated, no real money</span></div>
  </div>`;
}

export function notice(text: string | null, bad = false): Html | null {
  return text ? html`<p class="notice ${bad ? "bad" : ""}" role="${bad ? "alert" : "status"}">${text}</p>` : null;
}
