import type { IncomingMessage } from "node:http";

const MOST = 100_000;

/** The bytes of a request, or null when they are too many. */
export async function readPostedText(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** What a form of a page sent. */
export async function readPosted(request: IncomingMessage): Promise<URLSearchParams | null> {
  const text = await readPostedText(request);
  return text === null ? null : new URLSearchParams(text);
}
