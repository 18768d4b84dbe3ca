import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "../base/log";
import type { Metrics } from "../base/metrics";
import { Refusal } from "../base/refusal";
import { answerFailure } from "./answer-failure";

const statuses: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** What Node cannot read as HTTP never becomes a request; it gets a coded answer all the same, by hand. */
export function answerBrokenRequest(
  error: Error & { code?: string },
  socket: Duplex,
  deps: { log: Logger; metrics: Metrics; isAnswering(socket: Duplex): boolean },
): void {
  // In the middle of another answer on this connection, ours would become part of that one.
  if (error.code === "ECONNRESET" || !socket.writable || deps.isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const refusal = new Refusal("INVALID_INPUT", { say: "The request is not HTTP as it should be." });
  const { headers, body } = answerFailure(refusal, { ...deps, requestId: undefined });
  const status = statuses[error.code ?? ""] ?? 400;
  const all = { ...headers, "content-length": Buffer.byteLength(body), connection: "close" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`);
}
