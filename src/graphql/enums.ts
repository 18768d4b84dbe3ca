import { registerEnumType } from "type-graphql";
import { type ErrorCode, errorCodes } from "../base/error-codes";
import type { Mode } from "../base/mode";
import type { Role } from "./context";

/** TypeScript has the closed lists as unions; GraphQL needs objects. Each description is a sentence for callers. */
export function enumOf<Value extends string>(
  name: string,
  description: string,
  values: Record<Value, string>,
): Record<Value, Value> {
  const members = Object.fromEntries(Object.keys(values).map((key) => [key, key])) as Record<Value, Value>;
  const valuesConfig = Object.fromEntries(
    Object.entries<string>(values).map(([key, text]) => [key, { description: text }]),
  ) as Record<Value, { description: string }>;
  registerEnumType(members, { name, description, valuesConfig });
  return members;
}

export const ModeEnum = enumOf<Mode>("Mode", "Which of two worlds a credential lives in; it decides what is seen.", {
  LIVE: "Real money. Nothing bought in test mode opens anything here.",
  TEST: "For trying out: test connections, links, grants and activities.",
});

export const RoleEnum = enumOf<Role>("Role", "What a credential may do.", {
  ANONYMOUS: "No credential: nothing but health, the webhook endpoint, redirects and public keys.",
  PUBLISHABLE: "A key that may be shown to the public: the catalogue, anonymous decisions, guest checkout.",
  USER: "A user token: speaks for its own user only.",
  READ: "A server key that reads everything in its mode.",
  WRITE: "A server key that also writes users, grants and sessions.",
  ADMIN: "A server key that may do everything.",
});

export const ErrorCodeEnum = enumOf<ErrorCode>(
  "ErrorCode",
  "Why something was refused: `extensions.code` of every error is one of these.",
  errorCodes,
);
