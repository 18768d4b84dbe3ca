import type { Reader } from "../database/db";

/** A number drawn before Stripe is asked: of two looks at one object, the higher one has seen the later state. */
export async function drawObservation(db: Reader): Promise<bigint> {
  const [row] = await db.rows<{ number: string }>(
    `/* observations.draw */ select nextval('stripe_observations')::text as number`,
  );
  return BigInt(row?.number ?? 0);
}
