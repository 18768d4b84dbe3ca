import type { FetchImplementation } from "jose";
import type { Clock } from "../base/clock";
import { SECOND } from "../base/durations";

/** After a failure the provider is left alone for so long; tokens are answered with the same failure meanwhile. */
export const PAUSE_AFTER_FAILURE = 10 * SECOND;
const BYTES_MAX = 256_000;

/**
 * Fetches a provider's keys. A failure is kept for a while: otherwise each request with a made-up token would be one more
 * request to a provider in trouble. The body is read as far as keys can be long, within the time of the whole request.
 */
export function keysFetcher({ clock }: { clock: Clock }): FetchImplementation {
  let failed: { error: unknown; until: number } | null = null;
  return async (url, options) => {
    const now = clock.now().getTime();
    if (failed && now < failed.until) throw failed.error;
    try {
      const response = await fetch(url, options);
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Error(`the identity provider's keys came with status ${response.status}`);
      }
      const text = await readAtMost(response, BYTES_MAX);
      JSON.parse(text);
      failed = null;
      return new Response(text, { status: 200, headers: { "content-type": "application/json" } });
    } catch (error) {
      failed = { error, until: clock.now().getTime() + PAUSE_AFTER_FAILURE };
      throw error;
    }
  };
}

async function readAtMost({ body }: Response, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    // Leaving the loop cancels the rest.
    if (size > bytesMax) throw new Error(`the identity provider's keys are longer than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
