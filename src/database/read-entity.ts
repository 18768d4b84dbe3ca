import type { ObjectLiteral } from "typeorm";
import type { Reader } from "./db";

/** Turns rows of hand-written SQL, with columns as the database names them, into the entity that describes them. */
export function entityReader<Entity extends ObjectLiteral>(
  db: Reader,
  entity: new () => Entity,
): (raw: Record<string, unknown>) => Entity {
  const { columns } = db.repository(entity).metadata;
  return (raw) => {
    const fields = columns.map((column) => [column.propertyName, raw[column.databaseName]]);
    return Object.assign(new entity(), Object.fromEntries(fields));
  };
}
