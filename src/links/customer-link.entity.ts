import { Column, Entity, PrimaryColumn } from "typeorm";

/** This customer in Stripe is that user. In one connection a customer has one user, and a user one customer. */
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

  @Column("timestamptz", { name: "linked_at" })
  linkedAt!: Date;

  @Column("timestamptz", { name: "unlinked_at", nullable: true })
  unlinkedAt!: Date | null;

  /** When the customer in Stripe is to be told the user's new e-mail address, or told again. */
  @Column("timestamptz", { name: "push_wanted_at", nullable: true })
  pushWantedAt!: Date | null;

  /** How often that failed. */
  @Column("integer", { name: "push_attempts" })
  pushAttempts!: number;

  @Column("text", { name: "push_error", nullable: true })
  pushError!: string | null;
}
