import { type Route, route } from "./kind";
import { integer, required, text } from "./params";
import { fitsQuery, readQuery } from "./read-query";
import { invalid } from "./refuse";
import type { TableName } from "./tables";

const params = { limit: integer({ min: 1, max: 100 }), page: text(), query: required(text()) };

/**
 * `GET /v1/things/search`: the newest first. Stripe finds an object up to a minute after it was made; here it is found
 * at once.
 */
export function searches(table: TableName, path: `/v1/${string}`, fields: readonly string[]): Route {
  const url = `${path}/search`;
  return route("GET", url, params, ({ draft, params: { limit, page, query } }) => {
    const wanted = readQuery(query, fields);
    const found = draft
      .rows(table)
      .toReversed()
      .map((row) => draft.render(row))
      .filter((row) => fitsQuery(wanted, row));
    const from = page ? startOf(page) : 0;
    const to = from + (limit ?? 10);
    const has_more = to < found.length;
    const next_page = has_more ? pageAt(to) : null;
    return { object: "search_result", data: found.slice(from, to), has_more, next_page, url };
  });
}

function pageAt(at: number): string {
  return Buffer.from(`page:${at}`).toString("base64url");
}

function startOf(page: string): number {
  const found = /^page:(\d+)$/.exec(Buffer.from(page, "base64url").toString());
  if (!found) throw invalid("Invalid page: it was not given by a search.", { param: "page" });
  return Number(found[1]);
}
