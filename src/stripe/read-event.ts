import { isUtf8 } from "node:buffer";
import { type NamedIds, namedIdsOf, namedIdsOfRelated } from "./named-ids";

/** What is taken from an event: which one it is, and whom to look at. Never what it says about them. */
export interface EventHint {
  id: string;
  type: string;
  shape: "SNAPSHOT" | "THIN";
  /** The object that the event is about. */
  objectId: string | null;
  /** Every object that it names, by kind: where it stands depends on the version of the API. */
  ids: NamedIds;
  /** What is looked at together: the customer, or else the object nearest to one. */
  subject: string;
  apiVersion: string | null;
  happenedAt: Date | null;
  /** Null when the event does not say. */
  livemode: boolean | null;
  /** Another account than the receiving one, if it names any. */
  account: string | null;
}

// What goes into a column or a log is plain: a NUL or half a character would fail the statement for everybody in it.
const PLAIN = /^[\x21-\x7e]{1,255}$/;

/** Pure. Null for whatever is no event, however well it is signed. */
export function readEvent(body: Buffer): EventHint | null {
  const event = parse(body);
  if (!event) return null;
  const id = plain(event["id"]);
  const type = plain(event["type"]);
  if (!id || !type) return null;
  if (event["object"] === "event") return readSnapshot(event, { id, type });
  if (event["object"] === "v2.core.event") return readThin(event, { id, type });
  return null;
}

function readSnapshot(event: Json, { id, type }: { id: string; type: string }): EventHint {
  const object = asObject(asObject(event["data"])?.["object"]) ?? {};
  const objectId = plain(object["id"]);
  const ids = namedIdsOf(object);
  return {
    id,
    type,
    shape: "SNAPSHOT",
    objectId,
    ids,
    subject: subjectOf(ids, objectId, id),
    apiVersion: plain(event["api_version"]),
    happenedAt: fromSeconds(event["created"]),
    livemode: asBoolean(event["livemode"]),
    account: plain(event["account"]) ?? lastOf(plain(event["context"])),
  };
}

function readThin(event: Json, { id, type }: { id: string; type: string }): EventHint {
  const related = asObject(event["related_object"]) ?? {};
  const objectId = plain(related["id"]);
  const ids = namedIdsOfRelated(plain(related["type"]), objectId);
  return {
    id,
    type: type.replace(/^v1\.(?=.)/, ""),
    shape: "THIN",
    objectId,
    ids,
    subject: subjectOf(ids, objectId, id),
    apiVersion: null,
    happenedAt: fromText(event["created"]),
    livemode: asBoolean(event["livemode"]),
    account: lastOf(plain(event["context"])),
  };
}

/** The nearest to a customer that is named, so that what belongs together is looked at together. */
function subjectOf(ids: NamedIds, objectId: string | null, eventId: string): string {
  const { customer, customerAccount, subscription, payment, invoice, session, charge, product } = ids;
  const nearest = customer ?? customerAccount ?? subscription ?? payment ?? invoice ?? session ?? charge ?? product;
  return nearest ?? objectId ?? eventId;
}

type Json = Record<string, unknown>;

function parse(body: Buffer): Json | null {
  if (!isUtf8(body)) return null;
  try {
    return asObject(JSON.parse(body.toString("utf8")));
  } catch {
    return null;
  }
}

export function asObject(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

function plain(value: unknown): string | null {
  return typeof value === "string" && PLAIN.test(value) ? value : null;
}

function asBoolean(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}

/** A context may be a path of which the account is the end. */
function lastOf(path: string | null): string | null {
  return path?.split("/").at(-1) || null;
}

const SECONDS_MAX = 32_503_680_000;

function fromSeconds(value: unknown): Date | null {
  return typeof value === "number" && value >= 0 && value <= SECONDS_MAX ? new Date(Math.floor(value) * 1000) : null;
}

function fromText(value: unknown): Date | null {
  if (typeof value !== "string" || value.length > 40) return null;
  return fromSeconds(Date.parse(value) / 1000);
}
