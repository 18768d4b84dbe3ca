import type { Draft } from "../draft";
import type { listParams, ParamsOf } from "../params";
import { missing } from "../refuse";
import type { Rendered } from "../stored";
import { type Line, renderLine } from "./session-row";

/** Lines are not objects of their own, and come in the order in which they were given: first things first. */
export function pageOfLines(
  draft: Draft,
  lines: readonly Line[],
  { limit, starting_after: after, ending_before: before }: ParamsOf<typeof listParams>,
  url: string,
): Rendered {
  const size = limit ?? 10;
  const from = after ? placeOf(lines, after, "starting_after") + 1 : 0;
  const to = before ? placeOf(lines, before, "ending_before") : lines.length;
  const first = before ? Math.max(0, to - size) : from;
  const page = lines.slice(first, before ? to : first + size);
  const has_more = before ? first > 0 : first + size < lines.length;
  return { object: "list", data: page.map((line) => renderLine(draft, line)), has_more, url };
}

function placeOf(lines: readonly Line[], id: string, param: string): number {
  const place = lines.findIndex((line) => line.id === id);
  if (place < 0) throw missing("line item", id, param);
  return place;
}
