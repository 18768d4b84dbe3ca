import { z } from "zod";
import { ownCustomTypes } from "../activities/activity-types";
import type { ActivityEntity } from "../activities/activity.entity";
import { actorOf, recordActivities } from "../activities/record-activities";
import { Bug } from "../base/refusal";
import type { Context } from "../graphql/context";
import { readInput } from "../graphql/read-input";
import { findProduct, productNotFound } from "../products/products.store";
import { readProductRef } from "../products/read-product-ref";
import { readUserRef } from "../users/read-user-ref";
import { findUser, userNotFound } from "../users/users.store";

export interface NewActivity {
  type: string;
  user?: string | null | undefined;
  product?: string | null | undefined;
  message?: string | null | undefined;
  data?: object | null | undefined;
}

const schema = z.object({
  type: z
    .string()
    .max(100, "A type has at most 100 characters.")
    .regex(/^[A-Za-z][\w.:-]*$/, "A type begins with a letter and holds letters, digits and . _ : -")
    .refine(
      (type) => !Object.hasOwn(ownCustomTypes, type),
      "This type is reserved for lines that Latchkey writes itself.",
    ),
  message: z.string().max(2_000, "A message has at most 2000 characters.").nullish(),
});

/** Writes a line of the caller's own into the journal. It is always CUSTOM and has no name of ours: no line is forged. */
export async function recordActivity(
  ctx: Pick<Context, "db" | "clock" | "identity">,
  input: NewActivity,
): Promise<ActivityEntity> {
  readInput(schema, { type: input.type, message: input.message });
  const now = ctx.clock.now();
  const { mode } = ctx.identity;
  return ctx.db.transaction(async (tx) => {
    const user = isNamed(input.user) ? await findUser(tx, readUserRef(input.user)) : null;
    if (isNamed(input.user) && !user) throw userNotFound("input.user");
    const product = isNamed(input.product) ? await findProduct(tx, readProductRef(input.product)) : null;
    if (isNamed(input.product) && !product) throw productNotFound("input.product");
    const [activity] = await recordActivities(tx, now, [
      {
        mode,
        type: "CUSTOM",
        customType: input.type,
        at: now,
        ...(user ? { userId: user.id } : {}),
        ...(product ? { productId: product.id } : {}),
        ...actorOf(ctx.identity),
        origin: "API",
        message: input.message ?? input.type,
        data: { ...input.data },
      },
    ]);
    if (!activity) throw new Bug("a line that was just written is not there");
    return activity;
  });
}

/** An empty name is the name of nobody: a line that should be about somebody is not written about nobody. */
function isNamed(name: string | null | undefined): name is string {
  return name !== null && name !== undefined;
}
