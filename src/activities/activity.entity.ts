import { Column, Entity, PrimaryColumn } from "typeorm";
import type { Mode } from "../base/mode";
import type { ActivityType, Actor } from "./activity-types";

/** A line of the append-only journal. It knows ids, not nouns: the row of a product or a person may go, the line stays. */
@Entity("activities")
export class ActivityEntity {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("text")
  mode!: Mode;

  @Column("text")
  type!: ActivityType;

  @Column("text", { name: "custom_type", nullable: true })
  customType!: string | null;

  @Column("timestamptz")
  at!: Date;

  @Column("timestamptz", { name: "recorded_at" })
  recordedAt!: Date;

  @Column("uuid", { name: "user_id", nullable: true })
  userId!: string | null;

  @Column("uuid", { name: "product_id", nullable: true })
  productId!: string | null;

  @Column("text")
  actor!: Actor;

  @Column("text", { name: "actor_ref", nullable: true })
  actorRef!: string | null;

  @Column("text")
  origin!: string;

  @Column("text", { name: "stripe_object", nullable: true })
  stripeObject!: string | null;

  @Column("text")
  message!: string;

  @Column("jsonb")
  data!: object;

  @Column("text", { name: "once_key", nullable: true })
  onceKey!: string | null;
}
