import type { IncomingMessage, ServerResponse } from "node:http";
import { refuseOutsider, refuseStranger } from "../control/refuse-strangers";
import { roomPages } from "../control/room-pages";
import { serveControl } from "../control/serve-control";
import { checkoutPages } from "./checkout/checkout-pages";
import { recoveryPages } from "./checkout/recovery-pages";
import { linkPages } from "./checkout/link-pages";
import { invoicePages } from "./invoice-pages";
import type { Desk, Page } from "./page";
import { portalPages } from "./portal/portal-pages";
import { servePage } from "./serve-pages";

const pages: readonly Page[] = [
  ...checkoutPages,
  ...linkPages,
  ...recoveryPages,
  ...portalPages,
  ...invoicePages,
  ...roomPages,
];

/** Everything that is not the API: hosted pages for buyers, and the control room for this machine only. */
export async function answerOutsideApi(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://here");
  const isControl = pathname === "/" || pathname.startsWith("/_control") || pathname.startsWith("/act/");
  const stranger = isControl ? refuseStranger(request) : refuseOutsider(request);
  if (stranger) return void response.writeHead(403, { "Content-Type": "text/plain" }).end(`${stranger}\n`);
  if (/^\/_control(\/|$)/.test(pathname)) return serveControl(desk, request, response);
  return servePage(desk, pages, request, response);
}
