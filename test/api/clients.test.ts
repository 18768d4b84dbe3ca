import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describeClients } from "../kit/describe-clients";
import { describeGraphqlOverHttp } from "../kit/describe-graphql-over-http";
import { operationsOf } from "../kit/operations";
import { root } from "../kit/read-sources";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let authorization: string;
beforeAll(async () => {
  latchkey = await startLatchkey();
  authorization = `Bearer ${await latchkey.key("ADMIN")}`;
});
afterAll(() => latchkey.stop());

const reach = () => ({ graphqlUrl: latchkey.graphqlUrl, authorization });

describeGraphqlOverHttp(reach);
describeClients(reach);

test("two queries for one decision complete each other in Apollo's cache, by the policy in docs/clients.md", async () => {
  const policy = "typePolicies: { AccessDecision: { merge: true } }";
  expect(readFileSync(path.join(root, "docs/clients.md"), "utf8")).toContain(`new InMemoryCache({ ${policy} })`);
  await operationsOf(latchkey).createProduct({ key: "pro", status: "LIVE", accessMode: "PUBLIC" });
  const cache = new InMemoryCache({ typePolicies: { AccessDecision: { merge: true } } });
  const link = new HttpLink({ uri: latchkey.graphqlUrl, headers: { authorization } });
  const client = new ApolloClient({ link, cache });
  const read = (fields: string) => client.query({ query: gql(`{ product(key: "pro") { id access { ${fields} } } }`) });
  await read("allowed reason");
  await read("endsAt recheckAt");
  const both = gql`
    {
      product(key: "pro") {
        access {
          allowed
          reason
          endsAt
          recheckAt
        }
      }
    }
  `;
  const decision = { __typename: "AccessDecision", allowed: true, reason: "PUBLIC", endsAt: null, recheckAt: null };
  expect(cache.readQuery({ query: both })).toMatchObject({ product: { access: decision } });
  client.stop();
});
