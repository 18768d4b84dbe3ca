import { HeaderMap, type HTTPGraphQLRequest } from "@apollo/server";
import type { GraphqlRequest } from "./open-graphql";
import type { Subscribing } from "./open-subscription";
import { type Streaming, readStreaming } from "./read-streaming";

/** Carries out of the pipeline what the log wants to know, and what is answered elsewhere. */
export interface AskedRequest extends HTTPGraphQLRequest {
  operationName: string | null;
  streaming: Streaming;
  isGet: boolean;
  subscription: Subscribing | null;
}

/** The request as the pipeline takes it. */
export function toAsked({ method, headers, search, body }: GraphqlRequest): AskedRequest {
  const streaming = readStreaming(headers["accept"]);
  const asked = { streaming, isGet: method === "GET", operationName: null, subscription: null };
  const forApollo = headersForApollo(headers);
  // Events are made of the JSON that the pipeline answers; asked for them alone, it would refuse.
  if (streaming === "ONLY") forApollo.set("accept", "application/json");
  const inSearch = streaming === "NO" || method === "POST" ? null : readSearch(search);
  if (!inSearch) return { ...asked, method, headers: forApollo, search, body };
  // The pipeline takes no subscription by GET.
  forApollo.set("content-type", "application/json");
  return { ...asked, method: "POST", headers: forApollo, search: "", body: inSearch };
}

/** The question of a GET as a body. Null where it cannot be read: the pipeline says what is wrong. */
function readSearch(search: string): Record<string, unknown> | null {
  const asked: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    try {
      asked[name] = name === "variables" || name === "extensions" ? JSON.parse(value) : value;
    } catch {
      return null;
    }
  }
  return asked;
}

// A browser asks first before it sends one of these from another site, so none of them comes from a forged form. With
// `authorization`, clients that send queries by GET and know nothing of Apollo's own headers pass as well.
export const CSRF_HEADERS = ["authorization", "x-apollo-operation-name", "apollo-require-preflight"];

/** The headers that the pipeline looks at; the credential itself goes no further than the door. */
function headersForApollo(headers: GraphqlRequest["headers"]): HeaderMap {
  const map = new HeaderMap();
  for (const name of ["accept", "content-type", "x-apollo-operation-name", "apollo-require-preflight"]) {
    const value = headers[name];
    if (typeof value === "string") map.set(name, value);
  }
  if (headers["authorization"]) map.set("authorization", "checked");
  return map;
}
