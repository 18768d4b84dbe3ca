import { Column, Entity, PrimaryColumn } from "typeorm";
import type { Mode } from "../base/mode";

export type ConnectionStatus = "CONNECTED" | "ERROR" | "DISCONNECTED";

/** What the customer portal of a connection offers, as its administrator set it. */
export interface PortalChoices {
  enabled?: boolean;
  privacyPolicyUrl?: string | null;
  termsOfServiceUrl?: string | null;
  allowCancel?: boolean;
  allowPaymentMethodUpdate?: boolean;
  allowInvoiceHistory?: boolean;
  allowCustomerUpdate?: boolean;
}

/** One Stripe account in one mode. A disconnected one keeps its row: its links, grants and history hang on it. */
@Entity("stripe_connections")
export class ConnectionEntity {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("text")
  account!: string;

  @Column("text", { name: "account_name", nullable: true })
  accountName!: string | null;

  @Column("text")
  mode!: Mode;

  @Column("text")
  status!: ConnectionStatus;

  @Column("text", { name: "last_error", nullable: true })
  lastError!: string | null;

  /** Why Stripe does not take the key, when we last asked. */
  @Column("text", { name: "key_trouble", nullable: true })
  keyTrouble!: string | null;

  /** What a restricted key may not do, and should. */
  @Column("text", { name: "missing_permissions", array: true })
  missingPermissions!: string[];

  @Column("text", { name: "secret_key_sealed", nullable: true })
  secretKeySealed!: string | null;

  /** The endpoint that we made; null when its secret was brought: then its owner looks after it. */
  @Column("text", { name: "webhook_endpoint", nullable: true })
  webhookEndpoint!: string | null;

  @Column("text", { name: "webhook_secret_sealed", nullable: true })
  webhookSecretSealed!: string | null;

  @Column("text", { name: "previous_webhook_secret_sealed", nullable: true })
  previousWebhookSecretSealed!: string | null;

  @Column("timestamptz", { name: "previous_webhook_secret_until", nullable: true })
  previousWebhookSecretUntil!: Date | null;

  @Column("text", { name: "webhook_api_version", nullable: true })
  webhookApiVersion!: string | null;

  /** What the endpoint was subscribed to when we last looked. */
  @Column("text", { name: "webhook_event_types", array: true })
  webhookEventTypes!: string[];

  @Column("timestamptz", { name: "webhook_checked_at", nullable: true })
  webhookCheckedAt!: Date | null;

  @Column("text", { name: "portal_configuration", nullable: true })
  portalConfiguration!: string | null;

  /** When that configuration was found to be deactivated in Stripe; null: it is active as far as we know. */
  @Column("timestamptz", { name: "portal_deactivated_at", nullable: true })
  portalDeactivatedAt!: Date | null;

  @Column("jsonb")
  portal!: PortalChoices;

  @Column("boolean", { name: "allow_promotion_codes" })
  allowPromotionCodes!: boolean;

  @Column("boolean", { name: "expose_purchase_options" })
  exposePurchaseOptions!: boolean;

  @Column("boolean", { name: "from_environment" })
  fromEnvironment!: boolean;

  @Column("timestamptz", { name: "created_at" })
  createdAt!: Date;

  @Column("timestamptz", { name: "updated_at" })
  updatedAt!: Date;

  /** The last time, also when it is connected again: what happened since then and until then, nobody has told us. */
  @Column("timestamptz", { name: "disconnected_at", nullable: true })
  disconnectedAt!: Date | null;
}
