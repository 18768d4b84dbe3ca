import { Column, Entity, PrimaryColumn } from "typeorm";
import type { Mode } from "../base/mode";
import type { Grant, GrantSource } from "./grant";
import type { AccessReason } from "./reasons";

/** The row of a grant. Grants are ended, never deleted: who could open what, and when, stays answerable. */
@Entity("grants")
export class GrantEntity implements Grant {
  @PrimaryColumn("uuid", { name: "user_id" })
  userId!: string;

  @PrimaryColumn("uuid")
  id!: string;

  @Column("uuid", { name: "product_id" })
  productId!: string;

  @Column("text")
  mode!: Mode;

  @Column("text")
  source!: GrantSource;

  @Column("text")
  reason!: AccessReason;

  @Column("timestamptz", { name: "starts_at" })
  startsAt!: Date;

  @Column("timestamptz", { name: "ends_at", nullable: true })
  endsAt!: Date | null;

  @Column("timestamptz", { name: "closes_at", nullable: true })
  closesAt!: Date | null;

  @Column("timestamptz", { name: "ended_at", nullable: true })
  endedAt!: Date | null;

  @Column("text", { name: "end_reason", nullable: true })
  endReason!: AccessReason | null;

  /** By hand: what Stripe says later does not bring it back. */
  @Column("timestamptz", { name: "revoked_at", nullable: true })
  revokedAt!: Date | null;

  @Column("integer")
  quantity!: number;

  @Column("boolean", { name: "cancel_at_period_end" })
  cancelAtPeriodEnd!: boolean;

  /** The subscription or order that it comes from; null for one that was made by hand. */
  @Column("text", { name: "stripe_object", nullable: true })
  stripeObject!: string | null;

  @Column("uuid", { name: "connection_id", nullable: true })
  connectionId!: string | null;

  @Column("text", { name: "stripe_item", nullable: true })
  stripeItem!: string | null;

  /** The links by which it is given. One that only keeps what it gave keeps nothing else. */
  @Column("uuid", { name: "link_ids", array: true, default: [] })
  linkIds!: string[];

  /** When Stripe was last looked at for it. */
  @Column("timestamptz", { name: "as_of", nullable: true })
  asOf!: Date | null;

  /** The purchase is the user's by its e-mail address alone: it opens, and a denial speaks of it last. */
  @Column("boolean", { name: "by_address", default: false })
  byAddress!: boolean;

  @Column("text", { nullable: true })
  note!: string | null;

  @Column("text", { name: "granted_by", nullable: true })
  grantedBy!: string | null;

  @Column("timestamptz", { name: "created_at" })
  createdAt!: Date;

  @Column("timestamptz", { name: "updated_at" })
  updatedAt!: Date;
}
