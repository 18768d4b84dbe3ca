import type { FormattedExecutionResult } from "graphql";

/** Whether nothing could be answered because something that we need is away: clients and proxies read that as 503. */
export function isUnavailable({ data, errors = [] }: FormattedExecutionResult): boolean {
  if (errors.length === 0 || !errors.every(({ extensions }) => extensions?.["code"] === "UNAVAILABLE")) return false;
  return Object.values(data ?? {}).every((value) => value === null);
}
