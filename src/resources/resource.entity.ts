import { Column, Entity, PrimaryColumn } from "typeorm";

/** A piece of the caller's content. Any of its products opens it, its own and those of its tags. */
@Entity("resources")
export class ResourceEntity {
  @PrimaryColumn("uuid")
  id!: string;

  @Column("text")
  key!: string;

  @Column("text", { array: true })
  tags!: string[];

  @Column("timestamptz", { name: "created_at" })
  createdAt!: Date;

  @Column("timestamptz", { name: "updated_at" })
  updatedAt!: Date;
}
