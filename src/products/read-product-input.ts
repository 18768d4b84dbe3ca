import { z } from "zod";
import { readPublicId } from "../base/ids";
import { readInput } from "../graphql/read-input";
import type { AccessMode, ProductEntity, ProductStatus, PurchaseMethod } from "./product.entity";

/** What may be said of a product: absent leaves, null clears where there is something to clear. */
export interface ProductFields {
  key?: string | undefined;
  name?: string | undefined;
  description?: string | null | undefined;
  teaser?: string | null | undefined;
  imageUrl?: string | null | undefined;
  status?: ProductStatus | undefined;
  accessMode?: AccessMode | undefined;
  purchaseMethod?: PurchaseMethod | undefined;
  salesPageUrl?: string | null | undefined;
  externalUrl?: string | null | undefined;
  showWhenLocked?: boolean | undefined;
  tags?: string[] | null | undefined;
  remindDaysBefore?: number[] | null | undefined;
  includes?: string[] | null | undefined;
  metadata?: object | null | undefined;
}

const KEY = /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/;
const KEY_LENGTH_MAX = 100;
const TAGS_MAX = 50;
const REMINDERS_MAX = 10;
const REMINDER_DAYS_MAX = 365;
const INCLUDES_MAX = 200;

const keySchema = z
  .string()
  .max(KEY_LENGTH_MAX, `A key has at most ${KEY_LENGTH_MAX} characters.`)
  .regex(KEY, "A key holds letters, digits and . _ : / - and begins with a letter or digit.")
  .refine((key) => readPublicId(key) === null, "A key must not look like one of our own ids.");

export const tagSchema = z
  .string()
  .min(1, "A tag cannot be empty.")
  .max(100, "A tag has at most 100 characters.")
  .refine((tag) => tag.trim() === tag, "A tag does not begin or end with a space.");

export const tagsSchema = z.array(tagSchema).max(TAGS_MAX, `At most ${TAGS_MAX} tags.`);

const someDays = `A reminder comes from 1 to ${REMINDER_DAYS_MAX} whole days before the end.`;
const reminders = z
  .array(z.int(someDays).min(1, someDays).max(REMINDER_DAYS_MAX, someDays))
  .max(REMINDERS_MAX, `At most ${REMINDERS_MAX} reminders.`)
  .refine((days) => new Set(days).size === days.length, "Each number of days is named once.");

const webAddress = z
  .string()
  .max(2_000, "An address has at most 2000 characters.")
  .refine(isWebAddress, { message: "That is not a web address (https://…).", params: { code: "URL_NOT_ALLOWED" } });

const text = (most: number) => z.string().max(most, `At most ${most} characters.`);
// What a product always has cannot be cleared.
const kept = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().refine((value) => value !== null, "This cannot be cleared; leave it out to keep it.");

const productFields = z.object({
  key: kept(keySchema),
  name: kept(text(500).min(1, "A product has a name.")),
  description: text(10_000).nullish(),
  teaser: text(10_000).nullish(),
  imageUrl: webAddress.nullish(),
  status: kept(z.enum(["DRAFT", "LIVE", "ARCHIVED"])),
  accessMode: kept(z.enum(["ENTITLED", "AUTHENTICATED", "PUBLIC"])),
  purchaseMethod: kept(z.enum(["NONE", "CHECKOUT", "SALES_PAGE", "EXTERNAL_URL"])),
  salesPageUrl: webAddress.nullish(),
  externalUrl: webAddress.nullish(),
  showWhenLocked: kept(z.boolean()),
  tags: tagsSchema.nullish(),
  remindDaysBefore: reminders.nullish(),
  includes: z.array(z.string()).max(INCLUDES_MAX, `A bundle includes at most ${INCLUDES_MAX} products.`).nullish(),
  metadata: z.custom<object>().nullish(),
});

export function readProductFields(input: ProductFields): ProductFields {
  return readInput<ProductFields>(productFields, { ...input });
}

/** The product as it is after the changes. */
export function changeProduct(product: ProductEntity, fields: ProductFields, now: Date): ProductEntity {
  const { includes: _, tags, remindDaysBefore: days, metadata, ...plain } = fields;
  const said = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  return {
    ...product,
    ...said,
    tags: tags === undefined ? product.tags : [...new Set(tags)],
    remindDaysBefore: days === undefined ? product.remindDaysBefore : [...(days ?? [])].sort((a, b) => a - b),
    metadata: metadata === undefined ? product.metadata : (metadata ?? {}),
    updatedAt: now,
  };
}

/** Plain http is for somebody's own machine. */
export function isWebAddress(value: string): boolean {
  if (/[\s\\\p{Cc}]/u.test(value) || !URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return username === "" && password === "" && (protocol === "https:" || (protocol === "http:" && isLoopback));
}
