import { DAY } from "../base/durations";
import type { ConnectionEntity } from "./connection.entity";
import { type Sealing, sealOf, unsealOf } from "./seal-connection";

// Stripe lets both be good for up to a day when a secret is rolled.
const OVERLAP_MS = DAY;

export interface SecretTurn {
  next: string;
  /** The one that it replaces; without it, the one that we hold. */
  previous?: string | null;
}

/** The new secret, and the one that it replaces for another day: what was sent before still arrives. */
export function rotateWebhookSecret(
  deps: Sealing,
  held: Pick<ConnectionEntity, "id" | "webhookSecretSealed">,
  { next, previous }: SecretTurn,
  now: Date,
): Partial<ConnectionEntity> {
  const { id, webhookSecretSealed: sealed } = held;
  const current = sealed === null ? null : unsealOf(deps, id, "webhook_secret", sealed);
  const replaced = previous ?? (current === next ? null : current);
  return {
    ...(current !== next && { webhookSecretSealed: sealOf(deps, id, "webhook_secret", next) }),
    ...(replaced !== null && {
      previousWebhookSecretSealed: sealOf(deps, id, "previous_webhook_secret", replaced),
      previousWebhookSecretUntil: new Date(now.getTime() + OVERLAP_MS),
    }),
  };
}
