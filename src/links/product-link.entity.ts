import { Column, Entity, PrimaryColumn } from "typeorm";

/** KEEPING: it gives nothing new, and what it gave follows its source to the end. */
export type ProductLinkState = "ACTIVE" | "KEEPING" | "REMOVED";

/** Whoever holds this Stripe product, or one of the named prices of it, may open this product of ours. */
@Entity("product_links")
export class ProductLinkEntity {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("uuid", { name: "connection_id" })
  connectionId!: string;

  @Column("uuid", { name: "product_id" })
  productId!: string;

  @Column("text", { name: "stripe_product" })
  stripeProduct!: string;

  /** Empty: every price of the Stripe product counts. */
  @Column("text", { name: "price_ids", array: true })
  priceIds!: string[];

  @Column("boolean", { name: "checkout_enabled" })
  checkoutEnabled!: boolean;

  @Column("text", { name: "checkout_price", nullable: true })
  checkoutPrice!: string | null;

  /** The prices that the public may buy. Empty: the checkout price alone. */
  @Column("text", { name: "offered_price_ids", array: true, default: [] })
  offeredPriceIds!: string[];

  /** How many the public may buy in one purchase. */
  @Column("integer", { name: "max_quantity", default: 1 })
  maxQuantity!: number;

  @Column("integer", { name: "access_duration_days", nullable: true })
  accessDurationDays!: number | null;

  @Column("timestamptz", { name: "access_ends_at", nullable: true })
  accessEndsAt!: Date | null;

  /** Whether new names of our product are written to the Stripe product. */
  @Column("boolean", { name: "push_name", default: false })
  pushName!: boolean;

  /** The name that was last written to Stripe. */
  @Column("text", { name: "pushed_name", nullable: true })
  pushedName!: string | null;

  /** The name that was last tried. Another one is tried at once. */
  @Column("text", { name: "tried_name", nullable: true })
  triedName!: string | null;

  /** When the same name is tried again; null: never. */
  @Column("timestamptz", { name: "push_due_at", nullable: true })
  pushDueAt!: Date | null;

  /** How often that failed. */
  @Column("integer", { name: "push_attempts", default: 0 })
  pushAttempts!: number;

  @Column("text", { name: "push_error", nullable: true })
  pushError!: string | null;

  @Column("text")
  state!: ProductLinkState;

  @Column("timestamptz", { name: "created_at" })
  createdAt!: Date;

  @Column("timestamptz", { name: "updated_at" })
  updatedAt!: Date;

  @Column("timestamptz", { name: "removed_at", nullable: true })
  removedAt!: Date | null;
}
