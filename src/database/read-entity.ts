import type { ObjectLiteral } from "typeorm";
import type { Reader } from "./db";

/** Turns rows of hand-written SQL, with columns as the database names them, into the entity that describes them. */
export function entityReader<Entity extends ObjectLiteral>(
  db: Reader,
  entity: new () => Entity,
): (raw: Record<string, unknown>) => Entity {
  const { columns } = db.repository(entity).metadata;
  const names = columns.map((column) => [column.propertyName, column.databaseName] as const);
  return (raw) => {
    const row = new entity() as Record<string, unknown>;
    for (const [property, column] of names) row[property] = raw[column];
    return row as Entity;
  };
}
