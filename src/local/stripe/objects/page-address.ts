import type { Draft } from "../draft";
import type { Kind } from "../kind";

/** Where the hosted pages stand. The port may be another one after a restart, so it is told at each start. */
export interface PageAddressRow {
  id: "here";
  object: "page_address";
  url: string;
}

/** Not an object of Stripe's: it has no routes, so nobody outside can ask for it. */
export const pageAddress: Kind<"page_address"> = { prefix: "page", idLength: 14, routes: [] };

/** The address of a hosted page, for the `url` of sessions, links and invoices: `pageUrl(draft, "/c/pay/cs_1")`. */
export function pageUrl(draft: Draft, path: `/${string}`): string {
  return `${draft.find("page_address", "here")?.url ?? "http://127.0.0.1"}${path}`;
}

export function setPageAddress(draft: Draft, url: string): void {
  if (draft.find("page_address", "here")?.url !== url) draft.put({ id: "here", object: "page_address", url });
}
