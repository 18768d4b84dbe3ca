import { Column, Entity, PrimaryColumn } from "typeorm";

/** A pair of keys that signs our tokens. The private half is sealed. */
@Entity("signing_keys")
export class SigningKeyEntity {
  /** The `kid` of the tokens that it signed. */
  @PrimaryColumn("text")
  id!: string;

  @Column("jsonb", { name: "public_jwk" })
  publicJwk!: object;

  @Column("text", { name: "private_sealed" })
  privateSealed!: string;

  @Column("timestamptz", { name: "created_at" })
  createdAt!: Date;

  @Column("timestamptz", { name: "retired_at", nullable: true })
  retiredAt!: Date | null;
}
