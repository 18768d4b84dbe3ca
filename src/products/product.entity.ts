import { Column, Entity, PrimaryColumn } from "typeorm";

export type ProductStatus = "DRAFT" | "LIVE" | "ARCHIVED";
export type AccessMode = "ENTITLED" | "AUTHENTICATED" | "PUBLIC";
export type PurchaseMethod = "NONE" | "CHECKOUT" | "SALES_PAGE" | "EXTERNAL_URL";

/** What the caller sells access to. Shared by both modes. */
@Entity("products")
export class ProductEntity {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("text")
  key!: string;

  @Column("text")
  name!: string;

  @Column("text", { nullable: true })
  description!: string | null;

  @Column("text", { nullable: true })
  teaser!: string | null;

  @Column("text", { name: "image_url", nullable: true })
  imageUrl!: string | null;

  @Column("text")
  status!: ProductStatus;

  @Column("text", { name: "access_mode" })
  accessMode!: AccessMode;

  @Column("text", { name: "purchase_method" })
  purchaseMethod!: PurchaseMethod;

  @Column("text", { name: "sales_page_url", nullable: true })
  salesPageUrl!: string | null;

  @Column("text", { name: "external_url", nullable: true })
  externalUrl!: string | null;

  @Column("boolean", { name: "show_when_locked" })
  showWhenLocked!: boolean;

  @Column("text", { array: true })
  tags!: string[];

  /** How many days before access ends its holders are reminded. */
  @Column("integer", { name: "remind_days_before", array: true, default: [] })
  remindDaysBefore!: number[];

  @Column("jsonb")
  metadata!: object;

  @Column("timestamptz", { name: "created_at" })
  createdAt!: Date;

  @Column("timestamptz", { name: "updated_at" })
  updatedAt!: Date;
}
