import type { IncomingMessage } from "node:http";
import { isLocalCaller, isLocalHost } from "../../../base/local-caller";

/**
 * Why a request may not come in, or null: it must come from this machine, through no proxy, and name this machine. A page
 * of the internet can make a browser send requests here under a name of its own; it cannot make that browser say
 * `localhost`.
 */
export function refuseOutsider({ headers, socket }: IncomingMessage): string | null {
  if (!isLocalHost(headers.host)) return "Only localhost and 127.0.0.1 are answered here.";
  if (!isLocalCaller(socket.remoteAddress, headers)) return "Only callers on this machine are answered here.";
  return null;
}

/** The same, and the request must not be made by a page of another origin. */
export function refuseStranger(request: IncomingMessage): string | null {
  const { origin, host } = request.headers;
  const outsider = refuseOutsider(request);
  if (outsider) return outsider;
  if (origin !== undefined && origin !== `http://${host}`) return "Requests of other pages are not answered here.";
  return null;
}
