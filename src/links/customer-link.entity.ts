import { Column, Entity, PrimaryColumn } from "typeorm";

/**
 * What says that the customer is the user. HAND: a server key or an import named both. CHECKOUT: our checkout created the
 * customer for the user. CLAIM: a purchase of the customer was claimed. ADDRESS: both have the same e-mail address, which
 * anybody can type into a payment page, so the link is decided again when one of them changes.
 */
export type LinkBasis = "HAND" | "CHECKOUT" | "CLAIM" | "ADDRESS";

/** A field of a user that is written to their customers in Stripe. */
export type PushField = "email" | "name";

/** This customer in Stripe is that user. In one connection a customer has one user; a user may have several customers. */
@Entity("customer_links")
export class CustomerLinkEntity {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("uuid", { name: "connection_id" })
  connectionId!: string;

  @Column("text")
  customer!: string;

  @Column("uuid", { name: "user_id" })
  userId!: string;

  /** One that is over stays: who was linked to whom remains answerable. */
  @Column("boolean")
  active!: boolean;

  /** The customer was deleted in Stripe. It is not active any more, and what was bought once still has its owner. */
  @Column("boolean")
  dead!: boolean;

  /** A key, or what else made the link: `purchase`, `e-mail`. */
  @Column("text", { name: "linked_by" })
  linkedBy!: string;

  @Column("text")
  basis!: LinkBasis;

  /** Of a link by address: the address, as it is compared. */
  @Column("text", { name: "joined_key", nullable: true })
  joinedKey!: string | null;

  @Column("timestamptz", { name: "linked_at" })
  linkedAt!: Date;

  @Column("timestamptz", { name: "unlinked_at", nullable: true })
  unlinkedAt!: Date | null;

  /** HAND: the customer is never joined by address again. ADDRESS: the address did not fit any more. */
  @Column("text", { name: "ended_by", nullable: true })
  endedBy!: "HAND" | "ADDRESS" | null;

  /** When the customer in Stripe is to get the user's new e-mail address or name, or to get it again. */
  @Column("timestamptz", { name: "push_wanted_at", nullable: true })
  pushWantedAt!: Date | null;

  /** Which of them. */
  @Column("text", { name: "push_fields", array: true, default: [] })
  pushFields!: PushField[];

  /** How often that failed. */
  @Column("integer", { name: "push_attempts" })
  pushAttempts!: number;

  @Column("text", { name: "push_error", nullable: true })
  pushError!: string | null;
}
