import type { IncomingMessage, ServerResponse } from "node:http";
import { StripeRefusal } from "../refuse";
import { goneAway } from "./gone-away";
import { icon, layout } from "./layout";
import type { Desk, Page, PageReply, Reply, Visit } from "./page";
import { readPosted } from "./read-posted";
import { roomScript } from "./room-script";
import { style } from "./style";

const assets: Record<string, { text: string; type: string }> = {
  "/assets/style.css": { text: style, type: "text/css; charset=utf-8" },
  "/assets/room.js": { text: roomScript, type: "text/javascript; charset=utf-8" },
  "/assets/icon.svg": { text: icon, type: "image/svg+xml" },
};

/** True when it was a request for a file that all pages share, which is answered. */
export function serveAsset(path: string, response: ServerResponse): boolean {
  const asset = assets[path];
  if (asset) send(response, asset);
  return asset !== undefined;
}

/** Sends the one page that callers from elsewhere get. */
export function servePageOf(response: ServerResponse, reply: PageReply): void {
  send(response, reply);
}

/** Answers a request for a page, or says that there is none. */
export async function servePage(
  desk: Desk,
  pages: readonly Page[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://here");
  send(response, await answerVisit(desk, pages, request, url));
}

async function answerVisit(desk: Desk, pages: readonly Page[], request: IncomingMessage, url: URL): Promise<Reply> {
  const method = request.method === "HEAD" ? "GET" : request.method;
  const page = pages.find((candidate) => candidate.method === method && candidate.path.test(url.pathname));
  if (!page) return goneAway(404, "There is no such page.");
  const [, id = "", rest = ""] = page.path.exec(url.pathname) ?? [];
  const form = method === "POST" ? await readPosted(request) : new URLSearchParams();
  if (form === null) return goneAway(413, "That was too much.");
  const place = page.place ?? (id || url.pathname);
  if (method === "POST" && !desk.tokens.fits(place, form.get("token"))) {
    const address = url.pathname.startsWith("/act/") ? "/" : url.pathname;
    const again = { address, words: "Load the page again" };
    return goneAway(403, "This page is out of date. Load it again and repeat what you did.", again);
  }
  const visit: Visit = { desk, id, rest, query: url.searchParams, form, token: desk.tokens.for(place) };
  desk.simulator.control.moveBy(0);
  try {
    return await page.answer(visit);
  } catch (error) {
    if (error instanceof StripeRefusal) return goneAway(error.status, error.message);
    throw error;
  }
}

// Scripts are our own or none. Forms go nowhere but here, nothing is loaded from elsewhere, and nobody may put a page of ours into a frame.
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const ALWAYS = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "Cache-Control": "no-store",
};

function send(response: ServerResponse, reply: Reply): void {
  if ("goTo" in reply) return void response.writeHead(303, { ...ALWAYS, Location: reply.goTo }).end();
  if ("text" in reply) {
    return void response.writeHead(reply.status ?? 200, { ...ALWAYS, "Content-Type": reply.type }).end(reply.text);
  }
  // A redirect to another origin would end the chain of a form that may go nowhere but here; a page that leaves does not.
  const leaving = reply.leaveTo ? { Refresh: `0; url=${reply.leaveTo}` } : {};
  const policy = reply.page.isRoom ? `${POLICY}; script-src 'self'` : POLICY;
  const type = "text/html; charset=utf-8";
  const headers = { ...ALWAYS, ...leaving, "Content-Security-Policy": policy, "Content-Type": type };
  response.writeHead(reply.status ?? 200, headers).end(layout(reply.page).text);
}
