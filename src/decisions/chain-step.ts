/** One link of the chain from a person to a product. */
export interface ChainStep {
  check: string;
  ok: boolean;
  /** The finding, in words and ids. */
  detail: string;
  /** The object in Stripe that the step is about. */
  stripeObject: string | null;
  /** The call or the act in Stripe that repairs this link; null where it holds. */
  fix: string | null;
}

export function passed(check: string, detail: string, stripeObject: string | null = null): ChainStep {
  return { check, ok: true, detail, stripeObject, fix: null };
}

export function failed(check: string, detail: string, fix: string, stripeObject: string | null = null): ChainStep {
  return { check, ok: false, detail, stripeObject, fix };
}
