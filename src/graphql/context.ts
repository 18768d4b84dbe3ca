import type { Clock } from "../base/clock";
import type { Logger } from "../base/log";
import type { Mode } from "../base/mode";
import type { Config } from "../config/config";
import type { Db } from "../database/db";
import type { Signals } from "../database/open-signals";
import type { Load } from "./define-loader";

/** What a credential may do. READ, WRITE and ADMIN include one another in this order; the others stand alone. */
export type Role = "ANONYMOUS" | "PUBLISHABLE" | "USER" | "READ" | "WRITE" | "ADMIN";

/** Who is asking, as the credential says. */
export type Identity =
  | { role: "PUBLISHABLE" | "READ" | "WRITE" | "ADMIN"; mode: Mode; apiKeyId: string; userId: null }
  /** Whoever runs a command: they hold the database itself, and came in by no door of ours. */
  | { role: "ADMIN"; mode: Mode; apiKeyId: null; userId: null }
  | { role: "USER"; mode: Mode; apiKeyId: null; userId: string };

/** What every verb can ask for; a verb's own signature names the parts that it uses. */
export interface Deps {
  db: Db;
  signals: Signals;
  clock: Clock;
  config: Config;
  log: Logger;
}

/** One request: the parts, who is asking, and the loaders that batch its reads. */
export interface Context extends Deps {
  identity: Identity;
  requestId: string;
  /** The caller that limits count: an IPv4 address or an IPv6 /64 network. See `http/read-address.ts`. */
  address: string;
  /** Counts a decision for `/metrics`. */
  decided(decision: { allowed: boolean; reason: string }): void;
  /** Counts what is dear beside requests themselves, by minute and in all replicas; refuses what is too much. */
  take(subject: string, maxPerMinute: number): void;
  /** Counts the request as so many more in the caller's limits by minute; refuses it when they are used up. */
  charge(requests: number): void;
  load: Load;
}
