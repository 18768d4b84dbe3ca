import { GraphQLClient } from "graphql-request";
import { type AccessReason, CheckAccessDocument, type GrantStatus, OpenProductDocument } from "../generated/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let client: GraphQLClient;
beforeAll(async () => {
  latchkey = await startLatchkey();
  const authorization = `Bearer ${await latchkey.key("ADMIN")}`;
  client = new GraphQLClient(latchkey.graphqlUrl, { headers: { authorization } });
  await latchkey.get(`mutation { createProduct(input: { key: "pro", name: "Pro", metadata: { level: 3 } }) { id } }`);
  await latchkey.get(`mutation { createUser(input: { externalId: "ada" }) { id } }`);
});
afterAll(() => latchkey.stop());

test("operations that were typed from schema.graphql say at compile time what comes back, and it does", async () => {
  const endsAt = "2026-03-02T12:00:00.000Z";
  const input = { user: "ada", product: "pro", note: "a day to look around", endsAt };
  const { grantAccess } = await client.request(OpenProductDocument, { input });
  const level: unknown = grantAccess.product.metadata["level"];
  expect([grantAccess.status, grantAccess.endsAt, level]).toEqual(["ACTIVE" satisfies GrantStatus, endsAt, 3]);

  const { access } = await client.request(CheckAccessDocument, { product: "pro", user: "ada" });
  const recheckAt: string | null | undefined = access.recheckAt;
  expect([access.allowed, access.reason, access.product?.key, recheckAt]).toEqual([
    true,
    "MANUAL" satisfies AccessReason,
    "pro",
    endsAt,
  ]);

  // @ts-expect-error The product is required.
  await expect(client.request(CheckAccessDocument, { user: "ada" })).rejects.toThrow("product");
});
