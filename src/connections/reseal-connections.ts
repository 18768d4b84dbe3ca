import { reseal } from "../base/seal";
import type { SealingKey } from "../base/sealing-key";
import type { Db } from "../database/db";
import type { ConnectionEntity } from "./connection.entity";
import { findAllConnections, lockConnection, updateConnection } from "./connections.store";
import { type SecretColumn, placeOf } from "./seal-connection";

type SealedField = "secretKeySealed" | "webhookSecretSealed" | "previousWebhookSecretSealed";

const sealedFields: Readonly<Record<SealedField, SecretColumn>> = {
  secretKeySealed: "secret_key",
  webhookSecretSealed: "webhook_secret",
  previousWebhookSecretSealed: "previous_webhook_secret",
};

/** Every secret of every connection under the first sealing key. Answers how many were under another. */
export async function resealConnections(deps: {
  db: Db;
  config: { sealingKeys: readonly SealingKey[] };
}): Promise<number> {
  let resealed = 0;
  for (const { id } of await findAllConnections(deps.db)) {
    resealed += await deps.db.transaction(async (tx) => {
      const held = await lockConnection(tx, id);
      const changes = held ? changesOf(deps.config.sealingKeys, held) : {};
      const count = Object.keys(changes).length;
      if (count > 0) await updateConnection(tx, id, changes);
      return count;
    });
  }
  return resealed;
}

function changesOf(keys: readonly SealingKey[], held: ConnectionEntity): Partial<Record<SealedField, string>> {
  const changes: Partial<Record<SealedField, string>> = {};
  for (const [field, column] of Object.entries(sealedFields) as [SealedField, SecretColumn][]) {
    const sealed = held[field];
    const next = sealed === null ? null : reseal(keys, placeOf(held.id, column), sealed);
    if (next !== null) changes[field] = next;
  }
  return changes;
}
