import type { Deliveries } from "../delivery/deliveries";
import type { Simulator } from "../start-simulator";
import type { FormTokens } from "./form-token";
import type { Look } from "./layout";

/** What pages work with. */
export interface Desk {
  simulator: Simulator;
  deliveries: Deliveries;
  tokens: FormTokens;
  /** How long a finished checkout waits for the answer of the endpoints before it sends the buyer back. */
  redirectWaitMs: number;
  /** The account that every key opens which names none. */
  firstAccount(): Simulator;
  /** Further accounts of this simulated Stripe, by name. */
  accounts(): ReadonlyMap<string, Simulator>;
}

export interface Visit {
  desk: Desk;
  id: string;
  /** What stands behind the id in the path. */
  rest: string;
  query: URLSearchParams;
  /** What was posted; its token has been checked. */
  form: URLSearchParams;
  /** The hidden token for the forms of this page. */
  token: string;
}

export interface PageReply {
  status?: number;
  page: Look;
  /** Where the browser goes on by itself, outside of these pages. */
  leaveTo?: string;
}

export type Reply =
  | PageReply
  /** To another page of ours, after a post. */
  | { goTo: string }
  | { status?: number; text: string; type: string };

export interface Page {
  method: "GET" | "POST";
  path: RegExp;
  /** What the hidden token of its forms is for; the id in the path when nothing is said. */
  place?: string;
  answer(visit: Visit): Reply | Promise<Reply>;
}
