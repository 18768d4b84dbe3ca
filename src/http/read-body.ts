import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { Refusal } from "../base/refusal";

/** The caller hung up before it had said everything. Nobody is left to be answered. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
}

/** A request in a form that HTTP has a status of its own for. */
export class Unsupported extends Refusal {
  constructor(say: string) {
    super("INVALID_INPUT", { say });
  }
}

type Decode = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const decoders: ReadonlyMap<string, Decode> = new Map([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
]);

// How much more than the limit is taken in and thrown away, so that a caller who sends a little too much can read why.
const SURPLUS_READ_MAX = 2_000_000;

/** The body's bytes, decompressed. The limit holds for what is sent and for what comes out of it. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const decode = decoders.get(encoding);
  if (encoding !== "identity" && !decode) {
    throw new Unsupported("A body may be sent plain, or compressed by gzip, deflate or br.");
  }
  const sent = await collect(request, bytesMax);
  return decode && sent.length > 0 ? decodeWithin(decode, sent, bytesMax) : sent;
}

/** As text, if it is UTF-8, which is the only encoding that is taken. */
export function readText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Refusal("INVALID_INPUT", { say: "The body is not UTF-8." });
  const text = bytes.toString("utf8");
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** By events: an asynchronous iterator costs a tenth of a small request. */
function collect(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > bytesMax + SURPLUS_READ_MAX) return Promise.reject(tooLarge(bytesMax, announced));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
      if (size > bytesMax) reject(tooLarge(bytesMax, size));
      else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
    };
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bytesMax) chunks.push(chunk);
      else chunks.length = 0;
      if (size > bytesMax + SURPLUS_READ_MAX) settle();
    });
    request.once("end", settle);
    // Also follows every good end, when there is nothing left to reject; an error costs as much as a small request.
    request.once("close", () => {
      if (!isSettled) reject(new ClientGone("the caller hung up"));
    });
    request.once("error", (cause) => reject(new ClientGone("the caller hung up", { cause })));
  });
}

async function decodeWithin(decode: Decode, sent: Buffer, bytesMax: number): Promise<Buffer> {
  try {
    return await decode(sent, { maxOutputLength: bytesMax });
  } catch (cause) {
    if (isTooLarge(cause)) throw tooLarge(bytesMax, bytesMax + 1);
    throw new Refusal("INVALID_INPUT", { say: "The compressed body cannot be decoded.", cause });
  }
}

function isTooLarge(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}

function tooLarge(max: number, actual: number): Refusal {
  return new Refusal("LIMIT_EXCEEDED", {
    say: `The body is larger than ${max} bytes. Lists of users of any length are uploaded: POST /imports/users.`,
    details: { limit: "bodyBytes", max, actual },
  });
}
