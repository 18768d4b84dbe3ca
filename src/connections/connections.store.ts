import { In, Not } from "typeorm";
import type { Mode } from "../base/mode";
import type { Reader, Tx } from "../database/db";
import { ConnectionEntity } from "./connection.entity";

/** Every replica listens here: what it remembers of connections is not true any more. */
export const CONNECTIONS_CHANGED = "latchkey_connections_changed";

export function findConnection(db: Reader, mode: Mode, id: string): Promise<ConnectionEntity | null> {
  return db.repository(ConnectionEntity).findOneBy({ id, mode });
}

/** Whatever their mode. */
export function findConnectionsById(db: Reader, ids: readonly string[]): Promise<ConnectionEntity[]> {
  return db.repository(ConnectionEntity).findBy({ id: In([...ids]) });
}

export function findConnectionByAccount(db: Reader, account: string, mode: Mode): Promise<ConnectionEntity | null> {
  return db.repository(ConnectionEntity).findOneBy({ account, mode });
}

/** All of a mode in the order in which they were made; the disconnected ones too, for their links and history stay. */
export function listConnections(db: Reader, mode: Mode): Promise<ConnectionEntity[]> {
  return db.repository(ConnectionEntity).find({ where: { mode }, order: { createdAt: "ASC", id: "ASC" } });
}

/** Those that can be asked, of every mode or of one, the oldest first. */
export function findConnected(db: Reader, mode?: Mode): Promise<ConnectionEntity[]> {
  const where = { status: Not("DISCONNECTED" as const), ...(mode && { mode }) };
  return db.repository(ConnectionEntity).find({ where, order: { createdAt: "ASC", id: "ASC" } });
}

/** Of every mode, disconnected ones too. */
export function findAllConnections(db: Reader): Promise<ConnectionEntity[]> {
  return db.repository(ConnectionEntity).find({ order: { id: "ASC" } });
}

/** The connection as it is now; it stays so until the transaction ends. */
export async function lockConnection(tx: Tx, id: string): Promise<ConnectionEntity | null> {
  return tx.repository(ConnectionEntity).findOne({ where: { id }, lock: { mode: "for_no_key_update" } });
}

/** False when the account is connected in this mode already. */
export async function insertConnection(tx: Tx, connection: ConnectionEntity): Promise<boolean> {
  const insert = tx.repository(ConnectionEntity).createQueryBuilder().insert().values(connection);
  const result = await insert.orIgnore().returning("id").execute();
  return (result.raw as unknown[]).length > 0;
}

/** Writes what is said and leaves the rest; the notice goes out with the commit. */
export async function updateConnection(tx: Tx, id: string, changes: Partial<ConnectionEntity>): Promise<void> {
  await tx.repository(ConnectionEntity).update({ id }, changes);
  await announceConnection(tx, id);
}

export async function announceConnection(tx: Tx, id: string): Promise<void> {
  await tx.rows(`/* connections.announce */ select pg_notify($1, $2)`, [CONNECTIONS_CHANGED, id]);
}
