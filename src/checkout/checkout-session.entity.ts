import { Column, Entity, PrimaryColumn } from "typeorm";
import type { Mode } from "../base/mode";

/**
 * MAKING → OPEN → COMPLETE or EXPIRED. CLOSING: another one takes its place, and Stripe is to be told. What Stripe says
 * later may be ahead of it.
 */
export type SessionStatus = "MAKING" | "OPEN" | "CLOSING" | "COMPLETE" | "EXPIRED";

/** A checkout that we opened. It says whose the purchase will be, which nothing that a buyer sends can say. */
@Entity("checkout_sessions")
export class CheckoutSessionEntity {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("text")
  mode!: Mode;

  @Column("uuid", { name: "connection_id" })
  connectionId!: string;

  /** Null: a guest whose address was somebody's. Their purchase finds its owner like one that was made elsewhere. */
  @Column("uuid", { name: "user_id", nullable: true })
  userId!: string | null;

  @Column("boolean", { name: "is_guest" })
  isGuest!: boolean;

  @Column("uuid", { name: "product_id" })
  productId!: string;

  @Column("text")
  price!: string;

  @Column("integer")
  quantity!: number;

  @Column("integer", { name: "trial_days", nullable: true })
  trialDays!: number | null;

  /** What it is sold on: price, quantity, trial, addresses and the rest. The same terms are the same session. */
  @Column("text", { name: "input_hash" })
  inputHash!: string;

  @Column("text", { nullable: true })
  session!: string | null;

  @Column("text")
  status!: SessionStatus;

  @Column("text", { name: "payment_status" })
  paymentStatus!: string;

  /** How many of Stripe's idempotency keys were used up by answers that were lost. */
  @Column("integer")
  tries!: number;

  /** Until when nobody else makes it, by the database's clock. */
  @Column("timestamptz", { name: "claimed_until", nullable: true })
  claimedUntil!: Date | null;

  @Column("timestamptz", { name: "expires_at", nullable: true })
  expiresAt!: Date | null;

  /** When its purchase was applied; it is not looked at again. */
  @Column("timestamptz", { name: "settled_at", nullable: true })
  settledAt!: Date | null;

  @Column("text", { name: "created_by" })
  createdBy!: string;

  @Column("timestamptz", { name: "created_at" })
  createdAt!: Date;
}
