import type { Draft } from "../draft";
import { API_VERSION, type Rendered } from "../stored";
import type { Tables } from "../tables";
import type { SignatureFault } from "./sign-body";
import { thinEvent } from "./thin-event";
import { atVersion } from "./versions/at-version";
import { lookUp } from "./versions/look-up";

/** How a delivery differs from a good one. */
export interface Manner {
  signature?: SignatureFault;
  /** The shape of an older version, whatever the endpoint's is. */
  apiVersion?: string;
  /** Half of the body, well signed: a proxy on the way cut it. */
  truncated?: boolean;
  /** The short form, `v2.core.event`. */
  thin?: boolean;
  /** Replaces fields of the event itself: `{ livemode: true }`, `{ account: "acct_1" }`. */
  override?: Rendered;
}

/** The bytes of an event for one endpoint, at that endpoint's version. */
export function renderBody(
  draft: Draft,
  event: Tables["event"],
  endpoint: Tables["webhook_endpoint"],
  manner: Manner,
): string {
  const thin = manner.thin ?? endpoint.metadata["event_payload"] === "thin";
  const version = manner.apiVersion ?? endpoint.api_version ?? API_VERSION;
  const body = thin ? thinEvent(draft, event) : snapshot(draft, event, version);
  const text = JSON.stringify({ ...body, ...manner.override }, null, 2);
  return manner.truncated ? text.slice(0, text.length >> 1) : text;
}

function snapshot(draft: Draft, event: Tables["event"], version: string): Rendered {
  const rendered = { ...draft.render(event), api_version: version };
  return { ...rendered, data: atVersion(event.data, version, lookUp(draft)) };
}
