import type { ZodType } from "zod";
import type { ErrorCode } from "../base/error-codes";
import { Refusal } from "../base/refusal";

/**
 * Checks what a caller sent against a schema; the first mistake becomes a refusal that names its field. A schema says
 * another code than INVALID_INPUT by `params: { code }` on its check.
 */
export function readInput<Value>(schema: ZodType<Value>, input: unknown): Value {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const { code } = ((issue && "params" in issue ? issue.params : undefined) ?? {}) as { code?: ErrorCode };
  const field = issue?.path.join(".");
  throw new Refusal(code ?? "INVALID_INPUT", {
    say: issue?.message ?? "The input is malformed.",
    ...(field ? { field: `input.${field}` } : {}),
  });
}
