import type { ListOrder, PageRequest } from "../base/page";
import { Refusal } from "../base/refusal";
import { readCursor } from "./cursor";

export interface PageArguments {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

export const PAGE_SIZE_DEFAULT = 50;
export const PAGE_SIZE_MAX = 200;

export function readPageRequest(args: PageArguments, order: ListOrder): PageRequest {
  const first = args.first ?? null;
  const last = args.last ?? null;
  if (first !== null && last !== null) {
    throw new Refusal("INVALID_INPUT", { say: "Ask for `first` or for `last`, not for both.", field: "last" });
  }
  return {
    limit: readLimit(first ?? last, last === null ? "first" : "last"),
    backward: last !== null,
    after: isGiven(args.after) ? readCursor(order, args.after, "after") : null,
    before: isGiven(args.before) ? readCursor(order, args.before, "before") : null,
  };
}

function readLimit(size: number | null, field: string): number {
  const limit = size ?? PAGE_SIZE_DEFAULT;
  if (limit < 0) throw new Refusal("INVALID_INPUT", { say: `\`${field}\` cannot be negative.`, field });
  if (limit > PAGE_SIZE_MAX) {
    throw new Refusal("LIMIT_EXCEEDED", {
      say: `A page holds at most ${PAGE_SIZE_MAX} rows.`,
      field,
      details: { limit: "pageSize", max: PAGE_SIZE_MAX, actual: limit },
    });
  }
  return limit;
}

function isGiven(cursor: string | null | undefined): cursor is string {
  return cursor !== null && cursor !== undefined;
}
