import { reseal } from "../base/seal";
import type { SealingKey } from "../base/sealing-key";
import type { Db } from "../database/db";
import { placeOf } from "./ensure-signing-key";
import { findSigningKeys, replaceSealed } from "./signing-keys.store";

/** Every private half under the first sealing key, those of retired keys too. Answers how many were under another. */
export async function resealSigningKeys(deps: {
  db: Db;
  config: { sealingKeys: readonly SealingKey[] };
}): Promise<number> {
  let resealed = 0;
  for (const { id, privateSealed } of await findSigningKeys(deps.db)) {
    const next = reseal(deps.config.sealingKeys, placeOf(id), privateSealed);
    if (next === null) continue;
    await replaceSealed(deps.db, id, privateSealed, next);
    resealed++;
  }
  return resealed;
}
