import { invalid } from "./refuse";
import type { Rendered } from "./stored";

/** One condition of a search: `amount>999`, `-status:"open"`, `metadata["order"]:null`. */
export interface Condition {
  field: string;
  key: string | null;
  sign: ":" | "~" | ">" | "<" | ">=" | "<=";
  value: string | null;
  negated: boolean;
}

export interface Query {
  joins: "AND" | "OR";
  conditions: Condition[];
}

const CONDITION =
  /\s*(-)?([a-z_.0-9]+)(?:\[\s*(?:"([^"]*)"|'([^']*)')\s*\])?\s*(>=|<=|:|~|>|<)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([A-Za-z0-9_.-]+))\s*/y;
const JOIN = /(AND|OR)\b|(?=-?[a-z])/iy;

/** Reads Stripe's search language. AND and OR cannot be mixed, and there are no parentheses. */
export function readQuery(text: string, fields: readonly string[]): Query {
  const conditions: Condition[] = [];
  const joins = new Set<"AND" | "OR">();
  for (let at = 0; at < text.length || conditions.length === 0;) {
    const found = matchAt(CONDITION, text, at);
    if (!found) throw malformed(text);
    conditions.push(conditionOf(found, fields));
    at += found[0].length;
    if (at >= text.length) break;
    const join = matchAt(JOIN, text, at);
    if (!join) throw malformed(text);
    joins.add(join[1]?.toUpperCase() === "OR" ? "OR" : "AND");
    at += join[0].length;
  }
  if (joins.size > 1) throw invalid("A search query cannot mix AND and OR.", { param: "query" });
  return { joins: joins.has("OR") ? "OR" : "AND", conditions };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  const sticky = new RegExp(pattern);
  sticky.lastIndex = at;
  return sticky.exec(text);
}

function conditionOf(found: RegExpExecArray, fields: readonly string[]): Condition {
  const [, minus, field = "", double, single, given = ":", quoted, alsoQuoted, bare] = found;
  const sign = SIGNS.find((known) => known === given) ?? ":";
  const key = double ?? single ?? null;
  if (!fields.includes(field) || (field === "metadata") !== (key !== null)) {
    const message = `Field \`${field}\` is an unsupported search field. Supported fields: ${fields.join(", ")}.`;
    throw invalid(message, { param: "query" });
  }
  const text = quoted ?? alsoQuoted;
  const value = text === undefined ? (bare === "null" ? null : (bare ?? "")) : text.replace(/\\(.)/g, "$1");
  return { field, key, sign, value, negated: minus !== undefined };
}

const SIGNS = [":", "~", ">", "<", ">=", "<="] as const;

function malformed(query: string): Error {
  return invalid(`We were unable to parse your search query: ${query}`, { param: "query" });
}

export function fitsQuery({ joins, conditions }: Query, object: Rendered): boolean {
  const fits = (condition: Condition): boolean => fitsCondition(condition, object) !== condition.negated;
  return joins === "AND" ? conditions.every(fits) : conditions.some(fits);
}

function fitsCondition({ field, key, sign, value }: Condition, object: Rendered): boolean {
  const here = valueAt(object, key === null ? field.split(".") : [field, key]);
  if (value === null) return here === null || here === undefined || here === "";
  if (here === null || here === undefined) return false;
  const [own, wanted] = [String(here).toLowerCase(), value.toLowerCase()];
  if (sign === ":") return own === wanted;
  if (sign === "~") return own.includes(wanted);
  const by = Number(own) - Number(wanted);
  if (sign === ">") return by > 0;
  if (sign === "<") return by < 0;
  return sign === ">=" ? by >= 0 : by <= 0;
}

function valueAt(object: Rendered, path: readonly string[]): string | number | boolean | null | undefined {
  const found = path.reduce<unknown>(
    (here, name) => (typeof here === "object" && here !== null ? new Map(Object.entries(here)).get(name) : undefined),
    object,
  );
  if (typeof found === "string" || typeof found === "number" || typeof found === "boolean") return found;
  return found === null ? null : undefined;
}
