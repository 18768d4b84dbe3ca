import type { GraphQLLeafType, GraphQLResolveInfo } from "graphql";
import type { Context } from "./context";
import type { FieldPlan, ObjectPlan, ValuePlan } from "./compile-operation";
import type { Variables } from "./read-values";

/** Something is not as it should be. What exactly, and how it is told, is the ordinary executor's to say. */
export class LeaveTheRoad extends Error {}

type Now<Value> = Value | Promise<Value>;

interface Run {
  ctx: Context;
  variables: Variables;
}

/**
 * Runs a plan and writes its JSON. Rows are not answered one by one: each field is asked of all rows of a list, so that
 * a list costs as many promises as it has fields that must be waited for. Anything but a whole answer throws.
 */
export async function runPlan(plan: ObjectPlan, run: Run): Promise<string> {
  const [text] = await writeObjects(plan, [undefined], run);
  if (text === undefined) throw new LeaveTheRoad();
  return text;
}

/** The JSON of each parent. */
function writeObjects(plan: ObjectPlan, parents: readonly unknown[], run: Run): Now<string[]> {
  const columns: Now<string[]>[] = plan.fields.map((field) => writeColumn(field, parents, run));
  return columns.some(isPromise)
    ? Promise.all(columns.map((column) => Promise.resolve(column))).then((ready) => zip(plan, ready, parents.length))
    : zip(plan, columns as string[][], parents.length);
}

function zip({ fields }: ObjectPlan, columns: readonly string[][], count: number): string[] {
  const texts: string[] = Array.from({ length: count });
  for (let row = 0; row < count; row++) {
    let text = "{";
    for (let at = 0; at < columns.length; at++) text += (fields[at]?.opening ?? "") + (columns[at]?.[row] ?? "");
    texts[row] = `${text}}`;
  }
  return texts;
}

/** The JSON of one field for each parent. */
function writeColumn(field: FieldPlan, parents: readonly unknown[], run: Run): Now<string[]> {
  const { value } = field;
  if (value.kind === "constant") return parents.map(() => value.text);
  const values = readValues(field, parents, run);
  return isPromise(values) ? values.then((ready) => writeValues(value, ready, run)) : writeValues(value, values, run);
}

function readValues(field: FieldPlan, parents: readonly unknown[], run: Run): Now<readonly unknown[]> {
  const { name, resolve, forMany } = field;
  if (!resolve) return parents.map((parent) => readProperty(parent, name));
  const args = field.readArgs?.(run.variables) ?? {};
  if (forMany && parents.length > 1) return forMany(parents as never[], args as never, run.ctx);
  const info = { ...field.info, variableValues: run.variables, rootValue: undefined } as GraphQLResolveInfo;
  const values = parents.map((parent) => resolve(parent, args, run.ctx, info));
  return values.some(isPromise) ? Promise.all(values) : values;
}

function readProperty(parent: unknown, name: string): unknown {
  const value = (parent as Record<string, unknown>)[name];
  // The ordinary executor would call it.
  if (typeof value === "function" || isPromise(value)) throw new LeaveTheRoad();
  return value;
}

function writeValues(plan: ValuePlan, values: readonly unknown[], run: Run): Now<string[]> {
  switch (plan.kind) {
    case "constant":
      return values.map(() => plan.text);
    case "leaf":
      return values.map((value) => (isNothing(value) ? writeNull(plan) : writeLeaf(plan.type, value)));
    case "object":
      checkTypes(plan.plan, values, run);
      return spread(plan, values, (present) => writeObjects(plan.plan, present, run));
    case "list":
      return writeLists(plan, values, run);
  }
}

function writeLists(plan: ValuePlan & { kind: "list" }, values: readonly unknown[], run: Run): Now<string[]> {
  const items: unknown[] = [];
  for (const value of values) {
    if (isNothing(value)) continue;
    if (!Array.isArray(value) || value.some(isPromise)) throw new LeaveTheRoad();
    for (const item of value) items.push(item);
  }
  const join = (texts: string[]): string[] => {
    let from = 0;
    return values.map((value) => {
      if (isNothing(value)) return writeNull(plan);
      const length = (value as unknown[]).length;
      return `[${texts.slice(from, (from += length)).join(",")}]`;
    });
  };
  const texts = writeValues(plan.of, items, run);
  return isPromise(texts) ? texts.then(join) : join(texts);
}

/** Writes those that are there, and puts null between them. */
function spread(
  plan: ValuePlan & { nullable: boolean },
  values: readonly unknown[],
  write: (present: readonly unknown[]) => Now<string[]>,
): Now<string[]> {
  const present = values.filter((value) => !isNothing(value));
  if (present.length === values.length) return write(values);
  const fill = (texts: string[]): string[] => {
    let next = 0;
    return values.map((value) => (isNothing(value) ? writeNull(plan) : (texts[next++] ?? "")));
  };
  const texts = write(present);
  return isPromise(texts) ? texts.then(fill) : fill(texts);
}

function writeNull({ nullable }: { nullable: boolean }): string {
  if (!nullable) throw new LeaveTheRoad();
  return "null";
}

function writeLeaf(type: GraphQLLeafType, value: unknown): string {
  if (value instanceof Error) throw new LeaveTheRoad();
  const serialized: unknown = type.serialize(value);
  if (serialized === true) return "true";
  if (serialized === false) return "false";
  const text: string | undefined = isNothing(serialized) ? undefined : JSON.stringify(serialized);
  if (text === undefined) throw new LeaveTheRoad();
  return text;
}

function checkTypes({ type }: ObjectPlan, values: readonly unknown[], { ctx }: Run): void {
  for (const value of values) {
    if (value instanceof Error) throw new LeaveTheRoad();
    if (!type.isTypeOf || isNothing(value)) continue;
    // Ours answer at once, and look at nothing but the value.
    if (type.isTypeOf(value, ctx, undefined as never) !== true) throw new LeaveTheRoad();
  }
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isPromise<Value>(value: Now<Value>): value is Promise<Value> {
  return value instanceof Promise;
}
