import { createHash } from "node:crypto";
import { isSpent } from "../stripe/read-error";

export interface Maker<Made> {
  /** Names what is made; Stripe's idempotency key follows from it. */
  name: string;
  /** How many keys were used up. */
  tries: number;
  /** Somebody has tried before, and what came of it is not known. */
  isAgain: boolean;
  params: object;
  create(options: { idempotencyKey: string }): Promise<Made>;
  /** What was made by an attempt that was not answered; null: nothing. */
  find(): Promise<Made | null>;
}

/**
 * Makes something in Stripe once, however often it is tried. Stripe answers a key for a day with what it answered first, a
 * failure too, whether or not the work was done: so what may have been made is looked for, and whoever is left with a key
 * that only ever fails has to take another.
 */
export async function makeOnce<Made>({ name, tries, isAgain, params, create, find }: Maker<Made>): Promise<Made> {
  const known = isAgain ? await find() : null;
  if (known) return known;
  // Stripe refuses a key that comes with other words: they are a part of it.
  const hash = createHash("sha256").update(JSON.stringify(params)).digest("hex").slice(0, 16);
  try {
    return await create({ idempotencyKey: `latchkey-${name}-${tries}-${hash}` });
  } catch (error) {
    const found = isSpent(error) ? await find() : null;
    if (found) return found;
    throw error;
  }
}
