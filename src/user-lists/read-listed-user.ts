import { GraphQLError } from "graphql";
import type { ErrorCode } from "../base/error-codes";
import { readPublicIdOf } from "../base/ids";
import { Refusal } from "../base/refusal";
import { type JsonObject, JsonScalar } from "../graphql/scalars";
import { readUserFields } from "../users/read-user-input";
import { readAccessEnd } from "./read-access-end";

/** What a row says, in whichever form it came. Absent: it says nothing of that. */
export interface SaidUser {
  id?: string | undefined;
  /** The list has external ids elsewhere, so what `id` says can only be an id of ours. */
  hasOwnIds: boolean;
  externalId?: string | undefined;
  email?: string | undefined;
  emailVerified?: boolean | string | undefined;
  name?: string | undefined;
  customers?: readonly string[] | undefined;
  products?: readonly string[] | undefined;
  accessEndsAt?: string | undefined;
  metadata?: unknown;
  moreMetadata: readonly [string, string][];
}

/** What is wanted of one person. */
export interface ListedUser {
  row: number;
  /** Our own id, where the row names it. */
  id: string | null;
  // Undefined: the row does not say. All rows have one shape, for there are many.
  externalId: string | undefined;
  email: string | undefined;
  emailVerified: boolean | undefined;
  name: string | undefined;
  /** In Stripe, each once. */
  customers: readonly string[];
  /** By key or id, each once. */
  products: readonly string[];
  /** Null: the row does not say. */
  accessEndsAt: Date | null;
  metadata: JsonObject;
}

export interface RowFault {
  row: number;
  /** The person by the caller's own id; addresses are not repeated in problems. */
  subject: string | null;
  code: ErrorCode;
  message: string;
}

/** The one validation of rows: what single mutations refuse is refused here, in the same words. */
export function readListedUser(row: number, said: SaidUser): ListedUser | RowFault {
  try {
    return read(row, said);
  } catch (error) {
    const subject = said.externalId ?? null;
    if (error instanceof Refusal) return { row, subject, code: error.code, message: error.message };
    if (error instanceof GraphQLError) return { row, subject, code: "INVALID_INPUT", message: error.message };
    throw error;
  }
}

function read(row: number, said: SaidUser): ListedUser {
  const { id, externalId: fromId, rest } = readId(said);
  const { externalId = fromId, email, emailVerified, name } = said;
  const fields = readUserFields({ externalId, email, emailVerified: readSwitch(emailVerified), name });
  if (id === null && !fields.externalId && !fields.email) throw invalid("A row needs an e-mail address or an id.");
  const products = eachOnce(said.products);
  if (said.accessEndsAt !== undefined && products.length === 0) {
    throw invalid("The row says when access ends, and not to which product.");
  }
  return {
    row,
    id,
    externalId: fields.externalId ?? undefined,
    email: fields.email ?? undefined,
    // It is said of the address in the same row, and of no other one.
    emailVerified: fields.email ? (fields.emailVerified ?? undefined) : undefined,
    name: fields.name ?? undefined,
    customers: eachOnce(said.customers),
    products,
    accessEndsAt: said.accessEndsAt === undefined ? null : readAccessEnd(said.accessEndsAt),
    metadata: readMetadata(said, rest),
  };
}

const NONE: readonly string[] = [];

function eachOnce(texts: readonly string[] | undefined): readonly string[] {
  if (!texts || texts.length === 0) return NONE;
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ""))];
}

/** Ours, theirs, or something that another program calls an id. */
function readId({ id, hasOwnIds }: SaidUser): { id: string | null; externalId?: string; rest: [string, string][] } {
  if (id === undefined) return { id: null, rest: [] };
  const text = id.trim();
  const own = readPublicIdOf("user", text);
  if (own !== null) return { id: own, rest: [] };
  return hasOwnIds ? { id: null, rest: [["id", text]] } : { id: null, externalId: text, rest: [] };
}

const YES = new Set(["true", "yes", "y", "1"]);
const NO = new Set(["false", "no", "n", "0"]);

function readSwitch(said: boolean | string | undefined): boolean | undefined {
  if (typeof said !== "string") return said;
  const text = said.trim().toLowerCase();
  if (YES.has(text)) return true;
  if (NO.has(text)) return false;
  throw invalid("Whether the address is verified is said by true or false.");
}

function readMetadata({ metadata, moreMetadata }: SaidUser, rest: readonly [string, string][]): JsonObject {
  if (metadata === undefined && moreMetadata.length === 0 && rest.length === 0) return {};
  const whole = metadata === undefined ? {} : typeof metadata === "string" ? parse(metadata) : metadata;
  const object = JsonScalar.parseValue(whole);
  return { ...object, ...Object.fromEntries([...rest, ...moreMetadata]) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("The metadata is not JSON.");
  }
}

function invalid(say: string): Refusal {
  return new Refusal("INVALID_INPUT", { say });
}
