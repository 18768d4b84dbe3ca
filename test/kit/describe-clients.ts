import { ApolloClient, type ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Client, cacheExchange, fetchExchange } from "@urql/core";
import { createHash } from "node:crypto";
import { GraphQLClient } from "graphql-request";
import type { Reached } from "./describe-graphql-over-http";

/** Clients as people install them, with nothing set but the address and the credential. Any schema will do. */
export function describeClients(reach: () => Reached): void {
  test("urql with its defaults, which sends queries by GET, is answered", async () => {
    const { graphqlUrl, authorization } = reach();
    const methods: (string | undefined)[] = [];
    const client = new Client({
      url: graphqlUrl,
      exchanges: [cacheExchange, fetchExchange],
      fetchOptions: { headers: { authorization } },
      fetch: (input, init) => {
        methods.push(init?.method);
        return fetch(input, init);
      },
    });
    const result = await client.query("query FromUrql { __typename }", {}).toPromise();
    expect(result.error).toBeUndefined();
    expect(result.data).toEqual({ __typename: "Query" });
    expect(methods).toEqual(["GET"]);
  });

  test("Apollo Client is answered", async () => {
    const client = apolloClient(new HttpLink(linkOptions(reach())));
    const { data } = await client.query({ query: QUERY });
    expect(data).toEqual({ __typename: "Query" });
    client.stop();
  });

  test("Apollo Client with persisted queries sends the text once, and only the hash after that", async () => {
    const bodies: string[] = [];
    const options = linkOptions(reach());
    const http = new HttpLink({
      ...options,
      fetch: (input, init) => {
        bodies.push(typeof init?.body === "string" ? init.body : "");
        return fetch(input, init);
      },
    });
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    const client = apolloClient(new PersistedQueryLink({ sha256 }).concat(http));
    const query = gql`
      query FromPersistedApollo {
        __typename
      }
    `;
    for (let time = 0; time < 2; time++) {
      const { data } = await client.query({ query, fetchPolicy: "network-only" });
      expect(data).toEqual({ __typename: "Query" });
    }
    expect(bodies.map((body) => body.includes("FromPersistedApollo {"))).toEqual([false, true, false]);
    client.stop();
  });

  test("graphql-request is answered", async () => {
    const { graphqlUrl, authorization } = reach();
    const client = new GraphQLClient(graphqlUrl, { headers: { authorization } });
    await expect(client.request("query FromRequest { __typename }")).resolves.toEqual({ __typename: "Query" });
  });
}

const QUERY = gql`
  query FromApollo {
    __typename
  }
`;

function linkOptions({ graphqlUrl, authorization }: Reached) {
  return { uri: graphqlUrl, headers: { authorization } };
}

function apolloClient(link: ApolloLink): ApolloClient {
  return new ApolloClient({ link, cache: new InMemoryCache() });
}
