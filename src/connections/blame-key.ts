import { Refusal } from "../base/refusal";

/** Names the input that holds a secret key in every refusal that says something against the key. */
export async function blameKey<Result>(field: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal) || error.field !== undefined || !isAboutKey(error)) throw error;
    const { code, message: say, details, note, cause } = error;
    throw new Refusal(code, { say, field, note, cause, ...(details && { details }) });
  }
}

function isAboutKey({ code, details }: Refusal): boolean {
  return code === "STRIPE_KEY_INVALID" || details?.["missingPermission"] !== undefined;
}
