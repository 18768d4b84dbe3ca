import type { FormBranch, FormTree } from "./read-form";
import { invalid, missingParam } from "./refuse";

/**
 * What a route accepts. A form holds only text; these fields say what the text means, and a name that nobody declared is
 * refused, as by Stripe. An empty text is `null`: the caller wants the field unset.
 */
export interface Field<T, Required extends boolean = boolean> {
  required: Required;
  read(value: FormTree, name: string): T;
}

export type Fields = Record<string, Field<unknown>>;

type RequiredIn<F extends Fields> = { [K in keyof F]: F[K] extends Field<unknown, true> ? K : never }[keyof F];
type Value<F> = F extends Field<infer T> ? T : never;

export type ParamsOf<F extends Fields> = { [K in RequiredIn<F>]: Value<F[K]> } & {
  [K in Exclude<keyof F, RequiredIn<F>>]?: Value<F[K]> | null | undefined;
};

export function readParams<F extends Fields>(fields: F, form: FormBranch, prefix = ""): ParamsOf<F> {
  const nameOf = (name: string): string => (prefix ? `${prefix}[${name}]` : name);
  refuseUnknown(
    Object.keys(form)
      .filter((name) => !Object.hasOwn(fields, name))
      .map(nameOf),
  );
  const params: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = form[name];
    if (value === undefined && field.required) throw missingParam(nameOf(name));
    if (value === "" && field.required) throw emptyParam(nameOf(name));
    if (value !== undefined) params[name] = value === "" ? null : field.read(value, nameOf(name));
  }
  // Built field by field from the very fields that the type is made of.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return params as ParamsOf<F>;
}

function refuseUnknown(names: string[]): void {
  const [param] = names;
  if (param === undefined) return;
  const message = `Received unknown parameter${names.length > 1 ? "s" : ""}: ${names.join(", ")}`;
  throw invalid(message, { code: "parameter_unknown", param });
}

function emptyParam(param: string): Error {
  const message =
    `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; ` +
    `however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`;
  return invalid(message, { code: "parameter_invalid_empty", param });
}

function optional<T>(read: (value: FormTree, name: string) => T): Field<T, false> {
  return { required: false, read };
}

export function required<T>(field: Field<T>): Field<T, true> {
  return { required: true, read: (value, name) => field.read(value, name) };
}

export function text(longest = 5000): Field<string, false> {
  return optional((value, param) => {
    const given = textOf(value, param, "string");
    if (given.length <= longest) return given;
    const message = `Invalid string: ${given.slice(0, 8)}...; must be at most ${longest} characters`;
    throw invalid(message, { param, code: "parameter_invalid_string_too_long" });
  });
}

export function choice<const T extends string>(...values: T[]): Field<T, false> {
  return optional((value, param) => {
    const given = textOf(value, param, "string");
    const found = values.find((known) => known === given);
    if (found !== undefined) return found;
    const last = values.length > 1 ? `, or ${values.at(-1)}` : String(values[0]);
    throw invalid(`Invalid ${param}: must be one of ${values.slice(0, -1).join(", ")}${last}`, { param });
  });
}

export function integer(bounds: { min?: number; max?: number } = {}): Field<number, false> {
  return optional((value, param) => {
    const given = textOf(value, param, "integer");
    const code = "parameter_invalid_integer";
    if (!/^-?\d{1,15}$/.test(given)) throw invalid(`Invalid integer: ${given}`, { param, code });
    const { min = -Infinity, max = Infinity } = bounds;
    if (Number(given) > max) throw invalid(`This value must be less than or equal to ${max}.`, { param, code });
    if (Number(given) < min) throw invalid(`This value must be greater than or equal to ${min}.`, { param, code });
    return Number(given);
  });
}

/** Stays text: a decimal of Stripe has up to twelve places, which a number would round. */
export function decimal(): Field<string, false> {
  return optional((value, param) => {
    const given = textOf(value, param, "decimal");
    if (/^-?\d+(\.\d{1,12})?$/.test(given)) return given;
    throw invalid(`Invalid decimal: ${given}`, { param, code: "parameter_invalid_decimal" });
  });
}

export function bool(): Field<boolean, false> {
  return optional((value, param) => {
    const given = textOf(value, param, "boolean");
    if (given !== "true" && given !== "false") throw invalid(`Invalid boolean: ${given}`, { param });
    return given === "true";
  });
}

export function object<F extends Fields>(fields: F): Field<ParamsOf<F>, false> {
  return optional((value, name) => readParams(fields, branchOf(value, name, "object"), name));
}

export function list<T>(field: Field<T>, longest = 1000): Field<T[], false> {
  return optional((value, param) => {
    const numbered = Object.entries(branchOf(value, param, "array"));
    if (numbered.some(([at]) => !/^\d+$/.test(at))) throw invalid("Invalid array", { param });
    if (numbered.length > longest)
      throw invalid(`Array ${param} exceeded maximum ${longest} allowed elements.`, { param });
    return numbered
      .toSorted(([a], [b]) => Number(a) - Number(b))
      .map(([at, item]) => field.read(item, `${param}[${at}]`));
  });
}

/** Names of the caller's choosing, such as `currency_options[eur][unit_amount]`. */
export function map<T>(field: Field<T>): Field<Record<string, T>, false> {
  return optional((value, name) =>
    Object.fromEntries(
      Object.entries(branchOf(value, name, "object")).map(([key, item]) => [key, field.read(item, `${name}[${key}]`)]),
    ),
  );
}

/** Either of two readings: the first that does not refuse. */
export function either<A, B>(first: Field<A>, second: Field<B>): Field<A | B, false> {
  return optional((value, name) => (typeof value === "string" ? first.read(value, name) : second.read(value, name)));
}

const bound = integer();
/** A moment in seconds, or a range of them: `created=1` or `created[gte]=1`. */
export const timeRange = either(bound, object({ gt: bound, gte: bound, lt: bound, lte: bound }));

/** Every list takes these. */
export const listParams = { limit: integer({ min: 1, max: 100 }), starting_after: text(), ending_before: text() };

const part = text(500);
export const address = object({ city: part, country: part, line1: part, line2: part, postal_code: part, state: part });

function textOf(value: FormTree, param: string, wanted: string): string {
  if (typeof value === "string") return value;
  throw invalid(`Invalid ${wanted}: ${JSON.stringify(value)}`, { param });
}

function branchOf(value: FormTree, param: string, wanted: string): FormBranch {
  if (typeof value !== "string") return value;
  throw invalid(`Invalid ${wanted}`, { param });
}
