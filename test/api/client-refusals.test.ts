import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { Client, fetchExchange } from "@urql/core";
import { ClientError, GraphQLClient } from "graphql-request";
import { Refusal, Unavailable } from "../../src/base/refusal";
import type { ErrorCode } from "../../src/base/error-codes";
import { send } from "../kit/ask-graphql";
import { type SmallServer, startSmallServer } from "../kit/start-small-server";

// Each credential is refused before the query is read, with the status that its name says.
const refusals: Record<string, Error> = {
  "401": new Refusal("UNAUTHENTICATED", { say: "Send a credential." }),
  "403": new Refusal("FORBIDDEN", { say: "Not from here." }),
  "429": new Refusal("RATE_LIMITED", { say: "Too many.", details: { retryAfterMs: 1_500 } }),
  "503": new Unavailable({ say: "The database cannot be reached." }),
};
const cases: readonly [status: number, code: ErrorCode, retryable: boolean][] = [
  [401, "UNAUTHENTICATED", false],
  [403, "FORBIDDEN", false],
  [429, "RATE_LIMITED", true],
  [503, "UNAVAILABLE", true],
];

let server: SmallServer;
beforeAll(async () => {
  server = await startSmallServer({
    identify: ({ authorization = "" }) =>
      Promise.reject(refusals[authorization.slice("Bearer ".length)] ?? new Error()),
  });
});
afterAll(() => server.stop());

const QUERY = gql`
  query Refused {
    hello
  }
`;

describe.each(cases)("a request that is refused with %i before its query is read", (status, code, retryable) => {
  const headers = { authorization: `Bearer ${status}` };
  const extensions = { code, retryable };

  test("is a CombinedGraphQLErrors with its code in Apollo Client", async () => {
    const link = new HttpLink({ uri: server.graphqlUrl, headers });
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    const error: unknown = await client.query({ query: QUERY }).catch((thrown: unknown) => thrown);
    expect(CombinedGraphQLErrors.is(error) && error.errors).toMatchObject([{ extensions }]);
    client.stop();
  });

  test.each([true, false])("has its code in urql's graphQLErrors, with preferGetMethod %s", async (preferGetMethod) => {
    const options = { url: server.graphqlUrl, exchanges: [fetchExchange], fetchOptions: { headers }, preferGetMethod };
    const { error } = await new Client(options).query("query Refused { hello }", {}).toPromise();
    expect(error?.networkError).toBeUndefined();
    expect(error?.graphQLErrors).toMatchObject([{ extensions }]);
  });

  test("has its code in graphql-request's response", async () => {
    const client = new GraphQLClient(server.graphqlUrl, { headers });
    const error: unknown = await client.request("query Refused { hello }").catch((thrown: unknown) => thrown);
    expect(error instanceof ClientError && error.response).toMatchObject({ status, errors: [{ extensions }] });
  });

  test.each([
    ["application/graphql-response+json", "application/graphql-response+json"],
    ["application/graphql-response+json,application/json;q=0.9", "application/graphql-response+json"],
    ["application/json;q=0.9, application/graphql-response+json;q=0.5", "application/json"],
    ["application/graphql-response+json;q=0, */*", "application/json"],
    ["*/*", "application/json"],
  ])("is answered to `Accept: %s` as %s", async (accept, type) => {
    const body = JSON.stringify({ query: "{ hello }" });
    const asked = { ...headers, accept, "content-type": "application/json" };
    const answer = await send(server.graphqlUrl, { method: "POST", headers: asked, body });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([status, `${type}; charset=utf-8`]);
    expect(answer.errors).toMatchObject([{ extensions }]);
  });
});
