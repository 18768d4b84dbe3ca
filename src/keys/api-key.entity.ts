import { Column, Entity, PrimaryColumn } from "typeorm";
import type { Mode } from "../base/mode";

export type KeyRole = "PUBLISHABLE" | "READ" | "WRITE" | "ADMIN";

/** A server's or a page's credential. The key itself is not kept: only its hash, and enough of it to tell it apart. */
@Entity("api_keys")
export class ApiKeyEntity {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("text")
  name!: string;

  @Column("text")
  role!: KeyRole;

  @Column("text")
  mode!: Mode;

  @Column("text")
  prefix!: string;

  @Column("bytea")
  hash!: Buffer;

  @Column("timestamptz", { name: "created_at" })
  createdAt!: Date;

  @Column("text", { name: "created_by" })
  createdBy!: string;

  @Column("timestamptz", { name: "last_used_at", nullable: true })
  lastUsedAt!: Date | null;

  @Column("timestamptz", { name: "expires_at", nullable: true })
  expiresAt!: Date | null;

  @Column("timestamptz", { name: "revoked_at", nullable: true })
  revokedAt!: Date | null;
}
