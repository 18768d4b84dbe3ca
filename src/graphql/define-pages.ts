import type { Page, PageRequest } from "../base/page";
import type { Context } from "./context";
import { type Loader, defineLoader } from "./define-loader";

/** One page of a list below one parent: a user's grants, a user's lines in the journal. */
export interface PageBelow<Filter> {
  parentId: string;
  filter: Filter;
  page: PageRequest;
}

export type ReadPages<Filter, Row> = (
  ctx: Context,
  parentIds: string[],
  filter: Filter,
  page: PageRequest,
) => Promise<Map<string, Page<Row>>>;

const emptyPage = { rows: [], hasNext: false, hasPrevious: false, count: () => Promise.resolve(0) };

/** Pages below several parents: those that ask for the same page of the same list are read in one statement. */
export function definePages<Filter, Row>(read: ReadPages<Filter, Row>): Loader<PageBelow<Filter>, Page<Row>> {
  return defineLoader(
    async (ctx, keys) => {
      const reads = new Map<string, Promise<Map<string, Page<Row>>>>();
      for (const [list, { filter, page, parentIds }] of groupByList(keys)) {
        reads.set(list, read(ctx, parentIds, filter, page));
      }
      return Promise.all(keys.map(async (key) => (await reads.get(listOf(key)))?.get(key.parentId) ?? emptyPage));
    },
    (key) => JSON.stringify(key),
  );
}

interface SameList<Filter> {
  filter: Filter;
  page: PageRequest;
  parentIds: string[];
}

function groupByList<Filter>(keys: readonly PageBelow<Filter>[]): Map<string, SameList<Filter>> {
  const lists = new Map<string, SameList<Filter>>();
  for (const key of keys) {
    const list = listOf(key);
    const same = lists.get(list) ?? { filter: key.filter, page: key.page, parentIds: [] };
    same.parentIds.push(key.parentId);
    lists.set(list, same);
  }
  return lists;
}

function listOf({ filter, page }: PageBelow<unknown>): string {
  return JSON.stringify([filter, page]);
}
