import type { IncomingMessage } from "node:http";
import { type Gunzip, createGunzip } from "node:zlib";
import { Refusal, Unavailable } from "../base/refusal";
import { ClientGone, Unsupported } from "./read-body";

export interface Reading {
  /** How long nothing may come. */
  idleMsMax: number;
  /** Of the server: what has come until then is all. */
  stopping: AbortSignal;
}

const PIECE_BYTES = 1_000_000;

/**
 * The decoded bytes in pieces of about a megabyte. The next ones are read when they are asked for, so a caller who is
 * faster than we are waits. What came before the connection broke, or before this server stops, is a piece as well.
 */
export async function* readPieces(request: IncomingMessage, reading: Reading): AsyncGenerator<Buffer> {
  const source = openSource(request);
  const chunks = source.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  // Somebody stopped waiting for the next chunk, which may still come: then nothing more can be asked of the stream.
  let isAbandoned = false;
  let held: Buffer[] = [];
  let size = 0;
  const take = (): Buffer => {
    const piece = held.length === 1 && held[0] ? held[0] : Buffer.concat(held, size);
    held = [];
    size = 0;
    return piece;
  };
  try {
    for (;;) {
      const next = await nextOf(chunks, reading).catch((error: unknown) => readFailure(request, error));
      isAbandoned = next instanceof Unavailable || next instanceof ClientGone;
      if (!(next instanceof Error) && !next.done) {
        held.push(next.value);
        size += next.value.length;
        if (size >= PIECE_BYTES) yield take();
        continue;
      }
      if (size > 0) yield take();
      if (next instanceof Error) throw next;
      return;
    }
  } finally {
    if (!isAbandoned) await chunks.return?.();
    if (source !== request) {
      request.unpipe();
      source.destroy();
    }
  }
}

function openSource(request: IncomingMessage): IncomingMessage | Gunzip {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "identity") return request;
  if (encoding !== "gzip" && encoding !== "x-gzip") {
    throw new Unsupported("A file may be sent plain, or compressed by gzip.");
  }
  const gunzip = createGunzip();
  const broken = () => {
    if (!request.complete) gunzip.destroy(new ClientGone("the caller hung up"));
  };
  request.once("close", broken).once("error", broken);
  return request.pipe(gunzip);
}

async function nextOf(
  chunks: AsyncIterator<Buffer>,
  { idleMsMax, stopping }: Reading,
): Promise<IteratorResult<Buffer, unknown>> {
  let cancel = (): void => undefined;
  const trouble = new Promise<never>((_, reject) => {
    const stop = () => reject(new Unavailable({ say: "This server is stopping; go on elsewhere, where this ended." }));
    const timer = setTimeout(() => reject(new ClientGone("nothing came for too long")), idleMsMax);
    stopping.addEventListener("abort", stop);
    cancel = () => {
      clearTimeout(timer);
      stopping.removeEventListener("abort", stop);
    };
    if (stopping.aborted) stop();
  });
  try {
    return await Promise.race([chunks.next(), trouble]);
  } finally {
    cancel();
  }
}

function readFailure(request: IncomingMessage, error: unknown): Error {
  if (error instanceof ClientGone || error instanceof Unavailable) return error;
  if (!request.complete && !isZlib(error)) return new ClientGone("the caller hung up", { cause: error });
  return new Refusal("INVALID_INPUT", { say: "The compressed file cannot be decoded.", cause: error });
}

function isZlib(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}
