import Stripe from "stripe";
import { Failure } from "../../src/base/refusal";
import { isGone, isUnavailable, readMissingPermission, toFailure } from "../../src/stripe/read-error";

const { errors } = Stripe;
const raw = (statusCode: number, message: string, more: object = {}) =>
  ({ type: "invalid_request_error", statusCode, message, headers: {}, requestId: "req_1", ...more }) as never;

const SECRET = "sk_test_abcdefghijklmnop";
const gone = new errors.StripeInvalidRequestError(
  raw(404, "No such customer: 'cus_1'", { code: "resource_missing", param: "id" }),
);
const wrong = new errors.StripeInvalidRequestError(raw(400, "Invalid email: ada@shop.example", { param: "email" }));
const forbidden = new errors.StripePermissionError(
  raw(
    403,
    `The key '${SECRET}' does not have the permissions. Having the 'rak_customer_read' permission would allow it.`,
  ),
);
const limited = new errors.StripeRateLimitError(raw(429, "Too many requests"));
const unknownKey = new errors.StripeAuthenticationError(raw(401, `Invalid API Key provided: ${SECRET}`));
const down = new errors.StripeAPIError(raw(500, "Oops"));
const unreachable = new errors.StripeConnectionError(raw(0, "ECONNREFUSED"));
const busy = new errors.StripeInvalidRequestError(raw(429, "Locked", { code: "lock_timeout" }));
const conflict = new errors.StripeIdempotencyError(
  raw(400, "Keys for idempotent requests", { code: "idempotency_error" }),
);

// What Stripe said, the code that callers read, and whether the same request may go well later.
const codes: [string, Error, string, boolean][] = [
  ["does not know the key", unknownKey, "STRIPE_KEY_INVALID", false],
  ["misses a permission", forbidden, "STRIPE_REFUSED", false],
  ["does not have the object", gone, "STRIPE_REFUSED", false],
  ["refuses a parameter", wrong, "STRIPE_REFUSED", false],
  ["saw the same key with another request", conflict, "STRIPE_REFUSED", false],
  ["limits us", limited, "STRIPE_UNAVAILABLE", true],
  ["has trouble", down, "STRIPE_UNAVAILABLE", true],
  ["cannot be reached", unreachable, "STRIPE_UNAVAILABLE", true],
  ["works on the object", busy, "STRIPE_UNAVAILABLE", true],
];

test.each(codes)("Stripe %s", (_, error, code, retryable) => {
  const failure = toFailure(error);
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({ code, retryable });
  expect(isUnavailable(error)).toBe(retryable);
  expect((failure as Failure).message).not.toMatch(/sk_test_|@shop/);
});

test("only a missing object is gone: every other failure says nothing about it", () => {
  const found = codes.filter(([, error]) => isGone(error, "cus_1")).map(([what]) => what);
  expect(found).toEqual(["does not have the object"]);
  expect(isGone(new Error("No such customer: 'cus_1'"), "cus_1")).toBe(false);
});

const missing = { code: "resource_missing", param: "id" };
const lost = (message: string, more: object = missing, status = 404) =>
  new errors.StripeInvalidRequestError(raw(status, message, more));

test.each<[string, Error, boolean]>([
  ["names the object", lost("No such subscription: 'sub_1'"), true],
  ["names it without quotes, as older versions do", lost("No such subscription: sub_1"), true],
  ["answers in another language", lost("Risorsa subscription non trovata: 'sub_1'"), true],
  ["names another object", lost("No such customer: 'cus_1'", { ...missing, param: "customer" }), false],
  ["names a longer id", lost("No such subscription: 'sub_12'"), false],
  ["misses an id of a parameter", lost("No such subscription: 'sub_1'", missing, 400), false],
  ["misses what should be expanded", lost("No such subscription: 'sub_1'", { ...missing, param: "expand[0]" }), false],
  ["does not know the address", lost("Unrecognized request URL (GET: /v1/subscriptions/sub_1).", {}), false],
  [
    "has it in the other mode",
    lost("No such subscription: 'sub_1'; a similar object exists in live mode, but a test mode key was used."),
    false,
  ],
])("sub_1 is gone or not when Stripe %s", (_, error, gone) => expect(isGone(error, "sub_1")).toBe(gone));

test("a missing permission is known by its name", () => {
  expect(readMissingPermission(forbidden)).toBe("rak_customer_read");
  expect(codes.filter(([, error]) => readMissingPermission(error) !== null)).toHaveLength(1);
});

test("what did not come from Stripe is left as it is", () => {
  const error = new TypeError("ours");
  expect(toFailure(error)).toBe(error);
});
