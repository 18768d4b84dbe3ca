import { createHash } from "node:crypto";
import { newUuid, toPublicId } from "../base/ids";
import type { Mode } from "../base/mode";
import type { Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import { insertActivities } from "./activities.store";
import type { ActivityEntity } from "./activity.entity";
import type { ActivityType, Actor, Origin } from "./activity-types";

export interface ActivityLine {
  mode: Mode;
  type: ActivityType;
  customType?: string;
  /** When it happened; when it was recorded is added here. */
  at: Date;
  userId?: string;
  productId?: string;
  actor: Actor;
  actorRef?: string | null;
  origin: Origin;
  stripeObject?: string;
  /** A sentence for people, without names and addresses: the line outlives the person. */
  message: string;
  data?: Record<string, unknown>;
  /** Names the fact; a line with the same name is already there, and this one is left out. */
  onceKey?: string;
}

/** Writes lines into the journal, in the transaction that makes them true. Answers those that were new. */
export async function recordActivities(tx: Tx, now: Date, lines: readonly ActivityLine[]): Promise<ActivityEntity[]> {
  if (lines.length === 0) return [];
  const rows = lines.map((line) => toRow(line, now));
  const written = new Set(await insertActivities(tx, rows));
  return rows.filter((row) => written.has(row.id));
}

function toRow(line: ActivityLine, now: Date): ActivityEntity {
  return {
    id: newUuid(now),
    mode: line.mode,
    type: line.type,
    customType: line.customType ?? null,
    at: line.at,
    recordedAt: now,
    userId: line.userId ?? null,
    productId: line.productId ?? null,
    actor: line.actor,
    actorRef: line.actorRef ?? null,
    origin: line.origin,
    stripeObject: line.stripeObject ?? null,
    message: line.message,
    data: line.data ?? {},
    onceKey: line.onceKey === undefined ? null : shortName(line.onceKey),
  };
}

const NAME_LENGTH_MAX = 200;

/** A name that is too long for an index is named by its hash. */
export function shortName(name: string): string {
  return name.length <= NAME_LENGTH_MAX ? name : createHash("sha256").update(name).digest("hex");
}

const COMMAND_LINE = "command line";

/** Who did it, when it was asked for through the API or by a command. */
export function actorOf(identity: Identity): { actor: Actor; actorRef: string } {
  if (identity.role === "USER") return { actor: "CUSTOMER", actorRef: toPublicId("user", identity.userId) };
  const { apiKeyId } = identity;
  return { actor: "ADMIN", actorRef: apiKeyId === null ? COMMAND_LINE : toPublicId("apiKey", apiKeyId) };
}
