import { recordActivities } from "../activities/record-activities";
import { toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { Tx } from "../database/db";
import { mayAct } from "../graphql/allow";
import type { Identity } from "../graphql/context";
import { newUserRow } from "../users/create-user";
import { emailKeyOf } from "../users/email-key";
import { insertUser, lockAddresses, lockUserByEmail } from "../users/users.store";
import { isUntouched } from "./checkout-sessions.store";

/**
 * The account of a guest, made before they pay. An address that is somebody's gives the guest no account, and nothing in the
 * answer differs: the checkout opens for nobody, and what is bought finds its owner as if it were bought elsewhere, by a
 * verified address or by a claim. A server is told instead, for it can ask the person to sign in.
 */
export async function chooseGuest(
  tx: Tx,
  identity: Identity,
  guest: { email: string; name: string | null },
  now: Date,
): Promise<string | null> {
  await lockAddresses(tx, [emailKeyOf(guest.email)]);
  const known = await lockUserByEmail(tx, guest.email);
  if (known && (await isUntouched(tx, known.id))) return known.id;
  if (known && mayAct(identity.role, ["WRITE"])) {
    throw new Refusal("EMAIL_TAKEN", {
      say: "Somebody has an account with this address. Let them sign in, and name the user instead of a guest.",
      field: "input.guest.email",
      details: { user: toPublicId("user", known.id) },
    });
  }
  if (known) return null;
  const user = newUserRow({ email: guest.email, name: guest.name }, identity.mode, now);
  await insertUser(tx, user);
  const message = "The user was created by the checkout of a guest.";
  const line = { mode: identity.mode, at: now, userId: user.id, actor: "CUSTOMER", origin: "API", message } as const;
  await recordActivities(tx, now, [{ ...line, type: "USER_CREATED" }]);
  return user.id;
}
