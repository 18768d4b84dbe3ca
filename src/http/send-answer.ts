import type { IncomingMessage, ServerResponse } from "node:http";
import { MINUTE } from "../base/durations";
import { ClientGone } from "./read-body";
import type { Answer } from "./route";

const CAREFUL: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};

/** What every answer carries, whatever route it comes from; a route may say otherwise about any of it. */
export function carefulHeaders(publicUrl: string): Readonly<Record<string, string>> {
  if (!publicUrl.startsWith("https://")) return CAREFUL;
  return { ...CAREFUL, "strict-transport-security": "max-age=31536000" };
}

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  /** Nothing more is answered on this connection. */
  isLast: boolean;
}

/** Writes the answer and resolves when the last byte was handed on. */
export async function sendAnswer(
  { request, response, requestId, isLast }: Exchange,
  answer: Answer,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const all: Record<string, string | number> = { ...headers, "x-request-id": requestId, ...answer.headers };
  // What is still to come of the body is not read: the connection ends with the answer.
  if (isLast || !request.complete) all["connection"] = "close";
  const { body, closed } = answer;
  if (closed) {
    if (response.destroyed) closed();
    else response.once("close", closed);
  }
  if (typeof body === "object" && Symbol.asyncIterator in body) {
    if (request.method !== "HEAD") return sendPieces(response, answer.status, all, body);
    // Nobody wants the pieces, so none is read.
    response.writeHead(answer.status, all).end();
    return;
  }
  if (answer.status !== 204) all["content-length"] = body === undefined ? 0 : Buffer.byteLength(body);
  response.writeHead(answer.status, all);
  // Node itself leaves the body of an answer to HEAD away.
  response.end(body);
  request.resume();
}

async function sendPieces(
  response: ServerResponse,
  status: number,
  headers: Record<string, string | number>,
  pieces: AsyncIterable<string | Buffer>,
): Promise<void> {
  response.writeHead(status, headers);
  for await (const piece of pieces) {
    if (response.destroyed) throw new ClientGone("the caller hung up");
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

/** A reader who takes nothing for so long is gone, whatever the network says. */
const READER_PATIENCE = 2 * MINUTE;

async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resume) => {
    const timer = setTimeout(() => response.destroy(), READER_PATIENCE);
    const go = () => {
      clearTimeout(timer);
      response.off("drain", go).off("close", go);
      resume();
    };
    response.once("drain", go).once("close", go);
    if (response.destroyed) go();
  });
}
