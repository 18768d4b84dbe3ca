import type { Mode } from "../base/mode";
import type { Tx } from "../database/db";

export interface Claim {
  mode: Mode;
  operation: string;
  key: string;
  inputHash: string;
  objectId: string;
  now: Date;
}

/** True for whoever comes first; a parallel twin waits here until the first one commits. */
export async function claimKey(tx: Tx, claim: Claim): Promise<boolean> {
  const [mine] = await tx.rows(
    `/* idempotency.claim */ insert into idempotency_keys (mode, operation, key, input_hash, object_id, created_at)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning key`,
    [claim.mode, claim.operation, claim.key, claim.inputHash, claim.objectId, claim.now],
  );
  return mine !== undefined;
}

export async function findClaim(
  tx: Tx,
  { mode, operation, key }: Pick<Claim, "mode" | "operation" | "key">,
): Promise<{ inputHash: string; objectId: string } | undefined> {
  const [row] = await tx.rows<{ inputHash: string; objectId: string }>(
    `/* idempotency.find */ select input_hash as "inputHash", object_id as "objectId" from idempotency_keys
     where mode = $1 and operation = $2 and key = $3`,
    [mode, operation, key],
  );
  return row;
}
