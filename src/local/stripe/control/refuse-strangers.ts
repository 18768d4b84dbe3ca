import type { IncomingMessage } from "node:http";

/**
 * Why a request may not come in, or null. A page of the internet can make a browser send requests to this machine, under a
 * name of its own that leads here; it cannot make that browser say `localhost`.
 */
export function refuseStranger({ headers }: IncomingMessage): string | null {
  const host = headers.host ?? "";
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)) return "Only localhost and 127.0.0.1 are answered here.";
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}`) return "Requests of other pages are not answered here.";
  return null;
}
