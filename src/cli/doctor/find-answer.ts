import { SECOND } from "../../base/durations";
import { isLoopback } from "../../config/read-value";

const ANSWERS_WITHIN_MS = 2 * SECOND;

/** Whether a server answers at our own address; null: it is not this machine, and strangers are not asked. */
export async function findAnswer(publicUrl: string): Promise<boolean | null> {
  if (!isLoopback(new URL(publicUrl).hostname)) return null;
  try {
    const answer = await fetch(`${publicUrl}/health/live`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
