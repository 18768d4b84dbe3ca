import { MINUTE } from "../base/durations";
import type { Mode } from "../base/mode";
import { readEvent } from "./read-event";

/** No event of Stripe's is longer. Reading more would be work that anybody could ask for. */
const BODY_BYTES_MAX = 512_000;
const EVENT_ID = /^evt_\w{4,200}$/;
const TYPE = /^[a-z0-9_]+(\.[a-z0-9_]+)+$/;
const VERSION = /^20\d\d-\d\d-\d\d(\.[a-z_]+)?$/;
/** Events happen before they are sent; Stripe retries for three days, and by hand for thirty. */
const AGE_MS_MAX = 31 * 24 * 60 * MINUTE;
const AHEAD_MS_MAX = 5 * MINUTE;

/**
 * The id of an event that looks like Stripe's own, for this account and mode; null for anything else. Pure. Only such an
 * event is a sign that our signing secret is wrong: anybody can post a body without a signature.
 */
export function findMismatchedEvent(
  body: Buffer,
  { account, mode }: { account: string; mode: Mode },
  now: Date,
): string | null {
  if (body.length > BODY_BYTES_MAX) return null;
  const event = readEvent(body);
  if (!event || !EVENT_ID.test(event.id) || !TYPE.test(event.type)) return null;
  if (event.livemode !== (mode === "LIVE")) return null;
  if (event.account !== null && event.account !== account) return null;
  if (event.shape === "SNAPSHOT" && (event.objectId === null || !VERSION.test(event.apiVersion ?? ""))) return null;
  const ageMs = event.happenedAt === null ? Infinity : now.getTime() - event.happenedAt.getTime();
  return ageMs <= AGE_MS_MAX && ageMs >= -AHEAD_MS_MAX ? event.id : null;
}
