import type { Clock } from "../base/clock";
import { newUuid } from "../base/ids";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import type { Reader } from "../database/db";
import type { ApiKeyEntity, KeyRole } from "./api-key.entity";
import { hashKeyText, makeKeyText, prefixOfKeyText } from "./api-key-text";
import { insertKey } from "./api-keys.store";

export interface NewApiKey {
  name: string;
  role: KeyRole;
  mode: Mode;
  expiresAt: Date | null;
  createdBy: string;
}

const NAME_LENGTH_MAX = 200;

/** Makes a key. Its secret is in the answer and nowhere else, ever. */
export async function createApiKey(
  deps: { db: Reader; clock: Clock },
  input: NewApiKey,
): Promise<{ key: ApiKeyEntity; secret: string }> {
  const now = deps.clock.now();
  if (input.name.trim().length === 0 || input.name.length > NAME_LENGTH_MAX) {
    throw new Refusal("INVALID_INPUT", { say: `A key's name has 1 to ${NAME_LENGTH_MAX} characters.`, field: "name" });
  }
  if (input.expiresAt && input.expiresAt <= now) {
    throw new Refusal("INVALID_INPUT", { say: "The key would have expired already.", field: "expiresAt" });
  }
  const secret = makeKeyText(input.mode);
  const key = describeKey(secret, input, now);
  await insertKey(deps.db, key);
  return { key, secret };
}

/** The row of a key whose text is known. */
export function describeKey(secret: string, input: NewApiKey, now: Date): ApiKeyEntity {
  return {
    id: newUuid(now),
    name: input.name,
    role: input.role,
    mode: input.mode,
    prefix: prefixOfKeyText(secret),
    hash: hashKeyText(secret),
    createdAt: now,
    createdBy: input.createdBy,
    lastUsedAt: null,
    expiresAt: input.expiresAt,
    revokedAt: null,
  };
}
