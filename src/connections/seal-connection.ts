import { seal, unseal } from "../base/seal";
import type { SealingKey } from "../base/sealing-key";
import { Bug } from "../base/refusal";

export interface Sealing {
  config: { sealingKeys: readonly SealingKey[] };
}

/** The columns of a connection that hold secrets, by the name under which they are sealed. */
export type SecretColumn = "secret_key" | "webhook_secret" | "previous_webhook_secret";

/** Bound to its row and column: copied anywhere else, it does not open. */
export function sealOf({ config }: Sealing, connectionId: string, column: SecretColumn, plain: string): string {
  const [key] = config.sealingKeys;
  if (!key) throw new Bug("a configuration without a sealing key got past its checks");
  return seal(key, placeOf(connectionId, column), plain);
}

export function unsealOf({ config }: Sealing, connectionId: string, column: SecretColumn, sealed: string): string {
  return unseal(config.sealingKeys, placeOf(connectionId, column), sealed);
}

/** What a secret is bound to when it is sealed. */
export function placeOf(connectionId: string, column: SecretColumn): string {
  return `stripe_connections/${connectionId}/${column}`;
}
