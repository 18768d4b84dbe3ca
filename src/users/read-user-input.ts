import { z } from "zod";
import { isStorable } from "../base/storable-text";
import { readPublicId } from "../base/ids";
import { readInput } from "../graphql/read-input";

const NAME_LENGTH_MAX = 500;
const EXTERNAL_ID_LENGTH_MAX = 255;
const EMAIL_LENGTH_MAX = 254;
// One @, something on both sides, no spaces or control characters. Whether mail arrives is for the caller to find out.
const EMAIL = /^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]+$/u;

/** What may be said of a user: absent leaves, null clears. */
export interface UserFields {
  externalId?: string | null | undefined;
  email?: string | null | undefined;
  emailVerified?: boolean | null | undefined;
  name?: string | null | undefined;
  metadata?: object | null | undefined;
}

export const externalIdSchema = z
  .string()
  .min(1, "An external id cannot be empty; send null to clear it.")
  .max(EXTERNAL_ID_LENGTH_MAX, `An external id has at most ${EXTERNAL_ID_LENGTH_MAX} characters.`)
  .refine(isStorable, "An external id holds neither NUL nor half of a character.")
  .refine((text) => text.trim() === text, "An external id does not begin or end with a space.")
  .refine((text) => readPublicId(text) === null, "An external id must not look like one of our own ids.");

export const emailSchema = z
  .string()
  .transform((text) => text.trim())
  .refine((text) => text.length <= EMAIL_LENGTH_MAX && EMAIL.test(text), {
    message: "That is not an e-mail address.",
    params: { code: "EMAIL_INVALID" },
  });

const userFields = z.object({
  externalId: externalIdSchema.nullish(),
  email: emailSchema.nullish(),
  emailVerified: z.boolean().nullish(),
  name: z.string().max(NAME_LENGTH_MAX, `A name has at most ${NAME_LENGTH_MAX} characters.`).nullish(),
  metadata: z.custom<object>().nullish(),
});

export function readUserFields(input: UserFields): UserFields {
  const { externalId, email, emailVerified, name, metadata } = input;
  return readInput<UserFields>(userFields, { externalId, email, emailVerified, name, metadata });
}
