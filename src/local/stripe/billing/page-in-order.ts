import type { Draft } from "../draft";
import { missing } from "../refuse";
import type { Rendered } from "../stored";
import type { AnyRow } from "../tables";

export interface PageParams {
  limit?: number | null | undefined;
  starting_after?: string | null | undefined;
  ending_before?: string | null | undefined;
}

/** A page of what belongs to one object, in its own order: the lines of an invoice, the items of a subscription. */
export function pageInOrder(draft: Draft, rows: readonly AnyRow[], params: PageParams, url: string): Rendered {
  const { limit, starting_after: after, ending_before: before } = params;
  const size = limit ?? 10;
  const placeOf = (id: string, param: string): number => {
    const at = rows.findIndex((row) => row.id === id);
    if (at < 0) throw missing("object", id, param);
    return at;
  };
  const to = before ? placeOf(before, "ending_before") : null;
  const from = to !== null ? Math.max(0, to - size) : after ? placeOf(after, "starting_after") + 1 : 0;
  const page = rows.slice(from, to ?? from + size);
  const has_more = to === null ? from + size < rows.length : from > 0;
  return { object: "list", data: page.map((row) => draft.render(row)), has_more, url };
}
