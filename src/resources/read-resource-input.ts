import { z } from "zod";
import { readPublicId } from "../base/ids";
import { readInput } from "../graphql/read-input";
import { tagSchema, tagsSchema } from "../products/read-product-input";

const PRODUCTS_MAX = 200;

const productsSchema = z.array(z.string()).max(PRODUCTS_MAX, `At most ${PRODUCTS_MAX} products.`);

const resourceSchema = z.object({
  key: z
    .string()
    .min(1, "A resource has a key.")
    .max(255, "A key has at most 255 characters.")
    .refine((key) => key.trim() === key, "A key does not begin or end with a space.")
    .refine((key) => readPublicId(key) === null, "A key must not look like one of our own ids."),
  tags: tagsSchema.nullish(),
  products: productsSchema.nullish(),
});

const resourceTagSchema = z.object({ tag: tagSchema, products: productsSchema });

export type ResourceInput = z.infer<typeof resourceSchema>;

export function readResourceInput(input: unknown): ResourceInput {
  return readInput<ResourceInput>(resourceSchema, input);
}

export function readResourceTagInput(input: unknown): z.infer<typeof resourceTagSchema> {
  return readInput(resourceTagSchema, input);
}
