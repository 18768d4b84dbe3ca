import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { isLocalHost } from "../base/local-caller";
import { Refusal } from "../base/refusal";
import type { Context, Identity } from "../graphql/context";
import { createPortalSession } from "../portal/create-portal-session";
import { createUserToken } from "../tokens/create-user-token";
import { findAssets } from "./find-assets";
import type { ContextOf } from "./graphql";
import type { Answer, HttpRequest, Route } from "./route";
import { escapeHtml, SMALL_STYLE } from "./small-page";

export const DEMO_PATH = "/demo";

/** The demo shows pages to these users and sells these products. Users have external ids. */
export interface Demo {
  /** False until the shop is filled, and where somebody has products of their own. */
  isOpen(): boolean;
  /** Owns nothing at first; the page speaks with a token of this user. */
  buyer: string;
  /** Has subscriptions already, so that the customer portal shows something. */
  subscriber: string;
  products: readonly { key: string; name: string; content: string }[];
  /** Where the simulated Stripe is operated. */
  controlUrl: string;
}

interface Parts {
  contextOf: ContextOf;
  demo: Demo;
}

/** Pages that sell the demo shop on one's own machine. Only ever part of the routing table in local mode. */
export function demoRoutes(parts: Parts): Route[] {
  return [
    onlyHere(parts.demo, "", (request) => answerPage(parts, request)),
    onlyHere(parts.demo, "/portal", (request) => answerPortal(parts, request)),
    ...["locked.js", "react.js", "start.js"].map((name) => onlyHere(parts.demo, `/${name}`, () => answerScript(name))),
  ];
}

/** The pages act for users of the demo, so they are served to this machine alone, under its own name. */
function onlyHere(demo: Demo, name: string, answer: Route["answer"]): Route {
  return {
    path: `${DEMO_PATH}${name}`,
    methods: ["GET"],
    isPage: true,
    answer: (request) => {
      if (!demo.isOpen()) throw new Refusal("NOT_FOUND", { say: "The demo shop is not here." });
      if (request.isLocal && isLocalHost(request.headers.host)) return answer(request);
      throw new Refusal("NOT_FOUND", { say: "Open this page as http://localhost on the machine itself." });
    },
  };
}

const ADMINISTRATOR: Identity = { role: "ADMIN", mode: "TEST", apiKeyId: "", userId: null };

function openContext({ contextOf }: Parts, { requestId, address }: HttpRequest): Context {
  return contextOf({ identity: ADMINISTRATOR, requestId, address });
}

/** A session is good for minutes of a clock that can be moved, so the link that is printed opens a new one. */
async function answerPortal(parts: Parts, request: HttpRequest): Promise<Answer> {
  const ctx = openContext(parts, request);
  const returnUrl = `${ctx.config.publicUrl}${DEMO_PATH}`;
  const { url } = await createPortalSession(ctx, { user: parts.demo.subscriber, returnUrl });
  return { status: 302, headers: { location: url } };
}

async function answerScript(name: string): Promise<Answer> {
  const body = await readFile(path.join(findAssets("demo"), name));
  return { status: 200, headers: { "content-type": "text/javascript; charset=utf-8" }, body };
}

async function answerPage(parts: Parts, request: HttpRequest): Promise<Answer> {
  const { token } = await createUserToken(openContext(parts, request), { user: parts.demo.buyer, ttlSeconds: null });
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY };
  return { status: 200, headers, body: writePage(parts.demo, token) };
}

const STYLE = `${SMALL_STYLE}
body { place-items: start center; padding: 1.5rem 1rem; }
main { max-width: 40rem; padding: 0; text-align: left; background: none; border: 0; }
article { margin: 0 0 1.25rem; padding: 1.25rem; background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; }
article section > :last-child { margin-bottom: 0; }
h2 { margin: 0 0 .5rem; font-size: 1.1rem; }
button { margin: .25rem .5rem .25rem 0; padding: .55rem 1rem; min-height: 2.75rem; border: 1px solid var(--accent);
  border-radius: .5rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer; }
button:hover { border-color: var(--ink); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
nav { display: flex; flex-wrap: wrap; gap: 0 1.5rem; }
nav a { padding: .65rem 0; color: var(--accent); }
code { font-family: ui-monospace, Menlo, Consolas, monospace; white-space: nowrap; }
[role=alert] { color: var(--bad); }
.open::before { content: "✓ "; color: var(--good); font-weight: 700; }
`;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function writePage({ buyer, products, controlUrl }: Demo, token: string): string {
  const articles = products.map(
    ({ key, name, content }) =>
      `<article><h2>${escapeHtml(name)}</h2>` +
      `<div data-product="${escapeHtml(key)}" data-content="${escapeHtml(content)}"></div></article>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>The demo shop</title>
<link rel="icon" href="data:,"><style>${STYLE}</style></head><body><main>
<h1>The demo shop</h1>
<p>You are signed in as the user “${escapeHtml(buyer)}”. Buy something with the card <code>4242 4242 4242 4242</code>, come back, and cancel it in the portal.</p>
<div id="products" data-graphql="/graphql" data-token="${escapeHtml(token)}">${articles.join("\n")}</div>
<nav><a href="${escapeHtml(controlUrl)}">Control room of the simulated Stripe</a> <a href="/graphiql">GraphiQL</a></nav>
</main>
<script src="/graphiql/react.production.min.js"></script><script src="/graphiql/react-dom.production.min.js"></script>
<script type="module" src="${DEMO_PATH}/start.js"></script></body></html>
`;
}
