/** A refusal in Stripe's words. Thrown by a command, it discards everything that the command had written. */
export class StripeRefusal extends Error {
  override readonly name = "StripeRefusal";

  constructor(
    readonly status: number,
    readonly error: ErrorBody,
    /** A declined payment is refused, and yet leaves a failed charge and its events behind. */
    readonly keepsChanges = false,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(error.message);
  }
}

export interface ErrorBody {
  type: "invalid_request_error" | "idempotency_error" | "card_error" | "api_error" | "rate_limit_error";
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  doc_url?: string;
  [more: string]: unknown;
}

/** 400: something in the request is wrong. */
export function invalid(message: string, where: { param?: string; code?: string } = {}): StripeRefusal {
  return new StripeRefusal(400, { type: "invalid_request_error", message, ...withDocs(where) });
}

/** 404 for an id in the path, 400 for an id in a parameter. */
export function missing(noun: string, id: string, param = "id"): StripeRefusal {
  const error = withDocs({ code: "resource_missing", param });
  const message = `No such ${noun.replaceAll("_", " ").replace(/^.*\./, "")}: '${id}'`;
  return new StripeRefusal(param === "id" ? 404 : 400, { type: "invalid_request_error", message, ...error });
}

export function missingParam(param: string): StripeRefusal {
  return invalid(`Missing required param: ${param}.`, { code: "parameter_missing", param });
}

export function unknownRoute(method: string, path: string): StripeRefusal {
  const message =
    `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at ` +
    "https://support.stripe.com/. The simulated Stripe does not have this address; docs/fidelity.md lists what it has.";
  return new StripeRefusal(404, { type: "invalid_request_error", message });
}

function withDocs<W extends { code?: string }>(where: W): W & { doc_url?: string } {
  if (!where.code) return where;
  return { ...where, doc_url: `https://stripe.com/docs/error-codes/${where.code.replaceAll("_", "-")}` };
}
