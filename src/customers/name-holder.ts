import { toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { Db } from "../database/db";
import { emailKeyOf } from "../users/email-key";
import type { UserFields } from "../users/read-user-input";
import { findUserByEmailKey, findUsersByExternalId } from "../users/users.store";

/** Names the user who has an address or an external id, where a server key is refused because of it. */
export async function nameHolder<Result>(db: Db, fields: UserFields, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const holder = await findHolder(db, fields, error);
    if (!holder) throw error;
    const { code, message: say, field, note, cause } = error;
    const details = { ...error.details, user: toPublicId("user", holder.id) };
    throw new Refusal(code, { say, details, note, cause, ...(field === undefined ? {} : { field }) });
  }
}

async function findHolder(db: Db, { email, externalId }: UserFields, { code }: Refusal) {
  if (code === "EMAIL_TAKEN" && email) return findUserByEmailKey(db, emailKeyOf(email));
  if (code === "EXTERNAL_ID_TAKEN" && externalId) return (await findUsersByExternalId(db, [externalId]))[0];
  return null;
}
