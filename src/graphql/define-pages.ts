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
      const groups = new Map<string, PageBelow<Filter>[]>();
      for (const key of keys) {
        const same = JSON.stringify([key.filter, key.page]);
        groups.set(same, [...(groups.get(same) ?? []), key]);
      }
      const found = await Promise.all(
        [...groups].map(async ([same, group]) => [same, await readGroup(ctx, group)] as const),
      );
      const bySame = new Map(found);
      return keys.map((key) => bySame.get(JSON.stringify([key.filter, key.page]))?.get(key.parentId) ?? emptyPage);
    },
    (key) => JSON.stringify(key),
  );

  async function readGroup(ctx: Context, group: readonly PageBelow<Filter>[]): Promise<Map<string, Page<Row>>> {
    const [first] = group;
    return first
      ? read(
          ctx,
          group.map((key) => key.parentId),
          first.filter,
          first.page,
        )
      : new Map();
  }
}
