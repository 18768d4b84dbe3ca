import { placeOf as placeOfRemovalKey } from "../../access/removal-key";
import { findRemovalKey } from "../../access/removal-keys.store";
import { UnsealFailure, reseal } from "../../base/seal";
import type { SealingKey } from "../../base/sealing-key";
import { findAllConnections } from "../../connections/connections.store";
import { placeOf as placeInConnection } from "../../connections/seal-connection";
import type { Reader } from "../../database/db";
import { placeOf as placeOfSigningKey } from "../../tokens/ensure-signing-key";
import { findSigningKeys } from "../../tokens/signing-keys.store";

export interface SealsSeen {
  total: number;
  /** They open with a key that is not the first. */
  older: number;
  /** They do not open. */
  closed: number;
}

/** Whether every secret of the database opens. What is in them is forgotten at once. */
export async function lookAtSeals(db: Reader, keys: readonly SealingKey[]): Promise<SealsSeen> {
  const connections = await findAllConnections(db);
  const signing = await findSigningKeys(db);
  const removal = await findRemovalKey(db);
  const sealed = [
    ...connections.flatMap(({ id, secretKeySealed, webhookSecretSealed, previousWebhookSecretSealed }) => [
      { place: placeInConnection(id, "secret_key"), text: secretKeySealed },
      { place: placeInConnection(id, "webhook_secret"), text: webhookSecretSealed },
      { place: placeInConnection(id, "previous_webhook_secret"), text: previousWebhookSecretSealed },
    ]),
    ...(removal ? [{ place: placeOfRemovalKey(removal.id), text: removal.sealed }] : []),
    ...signing.map(({ id, privateSealed }) => ({ place: placeOfSigningKey(id), text: privateSealed })),
  ];
  const seen: SealsSeen = { total: 0, older: 0, closed: 0 };
  for (const { place, text } of sealed) {
    if (text === null) continue;
    seen.total++;
    try {
      if (reseal(keys, place, text) !== null) seen.older++;
    } catch (error) {
      if (!(error instanceof UnsealFailure)) throw error;
      seen.closed++;
    }
  }
  return seen;
}
