import { Column, Entity, PrimaryColumn } from "typeorm";
import type { Mode } from "../base/mode";

export const jobKinds = [
  "LINK_IMPORT",
  "USER_IMPORT",
  "USER_EXPORT",
  "ACTIVITY_EXPORT",
  "RECONCILIATION",
  "REPLAY",
] as const;
export type JobKind = (typeof jobKinds)[number];
export type JobStatus = "QUEUED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";

/**
 * Long work, done page by page by whichever replica comes.
 * QUEUED → RUNNING → SUCCEEDED, FAILED or CANCELLED. The last three are for ever, and the row stays as history.
 */
@Entity("jobs")
export class JobEntity {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("text")
  kind!: JobKind;

  @Column("text")
  mode!: Mode;

  @Column("text")
  status!: JobStatus;

  /** What it is about, as an id: of one kind and subject only one is open at a time. */
  @Column("text")
  subject!: string;

  @Column("uuid", { name: "connection_id", nullable: true })
  connectionId!: string | null;

  @Column("boolean", { name: "dry_run" })
  dryRun!: boolean;

  @Column("jsonb")
  input!: object;

  /** Where to go on; null before the first page. */
  @Column("jsonb", { nullable: true })
  cursor!: object | null;

  /** Null while it is not known. */
  @Column("integer", { nullable: true })
  total!: number | null;

  @Column("integer")
  done!: number;

  @Column("integer")
  created!: number;

  @Column("integer")
  updated!: number;

  @Column("integer")
  skipped!: number;

  @Column("integer")
  failed!: number;

  /** Why it failed, or what it waits for. */
  @Column("text", { nullable: true })
  error!: string | null;

  /** Failures in a row; waiting for Stripe is none. */
  @Column("integer")
  attempts!: number;

  /** How often in a row it had to wait for something that does not answer. */
  @Column("integer")
  waits!: number;

  @Column("boolean", { name: "cancel_asked" })
  cancelAsked!: boolean;

  @Column("text", { name: "created_by" })
  createdBy!: string;

  @Column("timestamptz", { name: "created_at" })
  createdAt!: Date;

  @Column("timestamptz", { name: "finished_at", nullable: true })
  finishedAt!: Date | null;

  /** When it came further for the last time, by the database's clock. */
  @Column("timestamptz", { name: "moved_at" })
  movedAt!: Date;

  @Column("timestamptz", { name: "next_try_at" })
  nextTryAt!: Date;

  /** Who works on it. A page is written by whoever still holds the claim, or by nobody. */
  @Column("uuid", { nullable: true })
  claim!: string | null;

  @Column("timestamptz", { name: "claimed_until", nullable: true })
  claimedUntil!: Date | null;
}

/** One row that did not go in, or one difference that was found. */
export interface JobProblemRow {
  row: number;
  /** What it is about, by its id in Stripe or with the caller. */
  subject: string | null;
  code: string;
  message: string;
}
