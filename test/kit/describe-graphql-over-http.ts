import { serverAudits } from "graphql-http";

/** Where a server can be asked, and with which header: an administrator's, because the audits ask about the schema. */
export interface Reached {
  graphqlUrl: string;
  authorization: string;
}

// What browsers can be made to send from a foreign page is refused on purpose; that costs these at the most.
const OK_MIN = 58;

/** The audits of the GraphQL-over-HTTP specification, against whatever server is given. */
export function describeGraphqlOverHttp(reach: () => Reached): void {
  test(`GraphQL over HTTP: at least ${OK_MIN} of 61 audits are ok, and none is an error`, async () => {
    const { graphqlUrl, authorization } = reach();
    const fetchFn = (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...plain(init.headers), authorization } });
    const audits = serverAudits({ url: graphqlUrl, fetchFn });
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    const not = (status: string) =>
      results.filter((result) => result.status === status).map((result) => `${result.id} ${result.name}`);
    expect(not("error")).toEqual([]);
    expect(audits).toHaveLength(61);
    // Compared as a list, so that a failure says which ones are missing.
    expect([...not("warn"), ...not("notice")].slice(audits.length - OK_MIN)).toEqual([]);
  });
}

function plain(headers: RequestInit["headers"]): Record<string, string> {
  return Object.fromEntries(new Headers(headers));
}
