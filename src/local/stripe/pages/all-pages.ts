import type { IncomingMessage, ServerResponse } from "node:http";
import { refuseOutsider, refuseStranger } from "../control/refuse-strangers";
import { roomPages } from "../control/room-pages";
import { serveControl } from "../control/serve-control";
import { checkoutPages } from "./checkout/checkout-pages";
import { recoveryPages } from "./checkout/recovery-pages";
import { linkPages } from "./checkout/link-pages";
import { goneAway, type WayOut } from "./gone-away";
import { invoicePages } from "./invoice-pages";
import type { Desk, Page } from "./page";
import { portalPages } from "./portal/portal-pages";
import { serveAsset, servePage, servePageOf } from "./serve-pages";

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
  if (serveAsset(pathname, response)) return;
  const isControl = /^\/(?:$|_control|act\/|sure\/)/.test(pathname);
  const stranger = isControl ? refuseStranger(request) : refuseOutsider(request);
  if (stranger) return servePageOf(response, goneAway(403, stranger, hereOf(request)));
  if (/^\/_control(\/|$)/.test(pathname)) return serveControl(desk, request, response);
  return servePage(desk, pages, request, response);
}

/** The way in for somebody who came by another name of this machine. */
function hereOf({ socket }: IncomingMessage): WayOut {
  const address = `http://localhost:${socket.localPort ?? 80}/`;
  return { address, words: "Open it as localhost" };
}
