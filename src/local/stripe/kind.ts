import type { Draft } from "./draft";
import { type Fields, type ParamsOf, readParams } from "./params";
import type { FormBranch } from "./read-form";
import type { Rendered } from "./stored";
import type { TableName, Tables } from "./tables";

/** Everything that the kernel must know about a kind of object. One file in `objects/` exports one of these. */
export interface Kind<K extends TableName> {
  /** `cus` makes `cus_NffrFeUfNV2Hib`; the length is that of the part behind the underscore. */
  prefix: string;
  idLength: 14 | 24;
  routes: readonly Route[];
  /** Lists that must not scan: by customer, by subscription ... A row without the key is not in the index. */
  indexes?: Record<string, Key<Tables[K]>>;
  /** Where an id may be replaced by its object: dotted path inside the object -> table. Lists of ids work too. */
  expands?: Record<string, TableName>;
  /** Fields that are only there when they are asked for by `expand`, such as `customer.subscriptions`. */
  includes?: Record<string, Include<Tables[K]>>;
  /** The row as an answer. Without it, the row itself; the field `ours` is taken out in both cases. */
  render?(row: Tables[K], draft: Draft): object;
  /** What happens when a timer of this kind is due. It runs with `draft.now` at the time that was set. */
  timers?: Record<string, (draft: Draft, id: string) => void>;
  /** What this kind does just before an object of another kind is deleted. */
  whenDeleted?: Partial<Record<TableName, (draft: Draft, id: string) => void>>;
  /** What this kind does when a payment moves on by itself: a bank answered, an owner agreed, another card was tried. */
  whenPaymentMoved?: (draft: Draft, paymentIntentId: string) => void;
  /** Deleted customers answer 200 with `deleted: true` for ever; most other kinds answer 404. */
  remembersDeleted?: boolean;
}

// Methods are compared bivariantly, which lets a table of kinds with different rows be walked as one.
type Key<Row> = { of(row: Row): string | null | undefined }["of"];
type Include<Row> = { of(row: Row, draft: Draft): unknown }["of"];

export type AnyKind = Kind<TableName>;
export type Kinds = { readonly [K in TableName]: Kind<K> };

export function isTable(kinds: Kinds, name: string): name is TableName {
  return Object.hasOwn(kinds, name);
}

export function tableNames(kinds: Kinds): TableName[] {
  return Object.keys(kinds).filter((name) => isTable(kinds, name));
}

export function kindOf(kinds: Kinds, table: TableName): AnyKind {
  return kinds[table];
}

export interface Call<Params, Ids extends string> {
  draft: Draft;
  params: Params;
  ids: Record<Ids, string>;
}

export interface Route {
  method: Method;
  path: string;
  answer(draft: Draft, form: FormBranch, ids: Record<string, string>): Rendered;
}

export type Method = "GET" | "POST" | "DELETE";

type IdsIn<Path extends string> = Path extends `${string}:${infer Id}/${infer Rest}`
  ? Id | IdsIn<`/${Rest}`>
  : Path extends `${string}:${infer Id}`
    ? Id
    : never;

/** Ties the types of the parameters and of the ids in the path to the function that answers. */
export function route<const Path extends string, F extends Fields>(
  method: Method,
  path: Path,
  fields: F,
  answer: (call: Call<ParamsOf<F>, IdsIn<Path>>) => Rendered,
): Route {
  return {
    method,
    path,
    // The ids come from matching this very path, so they have its names.
    answer: (draft, form, ids) => answer({ draft, params: readParams(fields, form), ids }),
  };
}
