import { z } from "zod";
import { readInput } from "../graphql/read-input";
import { emailSchema } from "../users/read-user-input";

/** What a caller asks for, read. Addresses are read apart, for what is allowed is a setting. */
export interface AskedCheckout {
  product: string;
  priceId: string | null;
  user: string | null;
  guest: { email: string; name: string | null } | null;
  successUrl: string;
  cancelUrl: string | null;
  quantity: number;
  /** Null: what the price offers. */
  trialDays: number | null;
  /** Null: what the connection says. */
  allowPromotionCodes: boolean | null;
  locale: string;
  metadata: Record<string, string>;
  idempotencyKey: string | null;
}

const LOCALES = new Set(
  "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW".split(
    " ",
  ),
);
const QUANTITY_MAX = 999_999;
const TRIAL_DAYS_MAX = 730;
// Stripe keeps fifty of them, and some are ours.
const METADATA_MAX = 40;

const key = z
  .string()
  .min(1, "A key of the metadata has a letter at least.")
  .max(40, "A key of the metadata has at most 40 characters.")
  .refine((text) => !/[[\]]/.test(text), "A key of the metadata holds no square brackets.")
  .refine((text) => !/^latchkey_/i.test(text), "Keys that begin with latchkey_ are ours.");
const value = z
  .union([z.string(), z.number(), z.boolean()], "Stripe keeps text: a value is a text, a number or a boolean.")
  .transform(String)
  .refine((text) => text.length <= 500, "A value of the metadata has at most 500 characters.");

const schema = z.object({
  product: z.string(),
  priceId: z.string().max(255, "That is no price.").nullish(),
  user: z.string().nullish(),
  guest: z
    .object({ email: emailSchema, name: z.string().max(250, "A name has at most 250 characters.").nullish() })
    .nullish(),
  successUrl: z.string(),
  cancelUrl: z.string().nullish(),
  quantity: z.int().min(1, "One at least.").max(QUANTITY_MAX, `At most ${QUANTITY_MAX}.`).nullish(),
  trialDays: z.int().min(0, "Days, or 0 for none.").max(TRIAL_DAYS_MAX, `At most ${TRIAL_DAYS_MAX} days.`).nullish(),
  allowPromotionCodes: z.boolean().nullish(),
  locale: z
    .string()
    .refine((text) => LOCALES.has(text), "Stripe's page does not speak this language; `auto` leaves it to the browser.")
    .nullish(),
  metadata: z
    .record(key, value)
    .refine((all) => Object.keys(all).length <= METADATA_MAX, `At most ${METADATA_MAX} entries.`)
    .nullish(),
  idempotencyKey: z.string().nullish(),
});

export type CheckoutInput = z.input<typeof schema>;

export function readCheckoutInput(input: CheckoutInput): AskedCheckout {
  const { guest, ...read } = readInput(schema, {
    ...input,
    ...(input.guest ? { guest: { ...input.guest } } : {}),
    ...(input.metadata ? { metadata: { ...input.metadata } } : {}),
  });
  return {
    product: read.product,
    priceId: read.priceId ?? null,
    user: read.user ?? null,
    guest: guest ? { email: guest.email, name: guest.name ?? null } : null,
    successUrl: read.successUrl,
    cancelUrl: read.cancelUrl ?? null,
    quantity: read.quantity ?? 1,
    trialDays: read.trialDays ?? null,
    allowPromotionCodes: read.allowPromotionCodes ?? null,
    locale: read.locale ?? "auto",
    metadata: read.metadata ?? {},
    idempotencyKey: read.idempotencyKey ?? null,
  };
}
