import { Column, Entity, PrimaryColumn } from "typeorm";

/** A person of the caller's. A removed one stays as a blanked row, so that the journal and past grants keep a subject. */
@Entity("users")
export class UserEntity {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("text", { name: "external_id", nullable: true })
  externalId!: string | null;

  @Column("text", { nullable: true })
  email!: string | null;

  /** The address as it is compared. */
  @Column("text", { name: "email_key", nullable: true })
  emailKey!: string | null;

  /** The address was proved by a live credential. */
  @Column("boolean", { name: "email_verified_live" })
  emailVerifiedLive!: boolean;

  /** The address was proved by a test credential. */
  @Column("boolean", { name: "email_verified_test" })
  emailVerifiedTest!: boolean;

  @Column("text", { nullable: true })
  name!: string | null;

  @Column("jsonb")
  metadata!: object;

  @Column("timestamptz", { name: "created_at" })
  createdAt!: Date;

  @Column("timestamptz", { name: "updated_at" })
  updatedAt!: Date;

  @Column("timestamptz", { name: "last_seen_at", nullable: true })
  lastSeenAt!: Date | null;

  @Column("timestamptz", { name: "deleted_at", nullable: true })
  deletedAt!: Date | null;

  /** When the first token was made for the user; null: none was made. */
  @Column("timestamptz", { name: "taken_at", nullable: true })
  takenAt!: Date | null;

  /** The user who proved the address of this one and took everything over. */
  @Column("uuid", { name: "merged_into", nullable: true })
  mergedInto!: string | null;
}
