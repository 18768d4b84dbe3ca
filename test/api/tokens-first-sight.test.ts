import { HOUR, SECOND } from "../../src/base/durations";
import { type IdentityProvider, ISSUER, TEST_AUDIENCE, startIdentityProvider } from "../kit/identity-provider";
import { operationsOf, type Operations } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let provider: IdentityProvider;
let latchkey: Latchkey;
let api: Operations;

beforeAll(async () => {
  provider = await startIdentityProvider();
  latchkey = await startLatchkey({ localMode: true, env: provider.env });
  api = operationsOf(latchkey);
});
afterAll(async () => {
  await latchkey.stop();
  await provider.stop();
});

/** A token of the provider, which has verified the address. */
function tokenOf(sub: string, email: string): Promise<string> {
  const now = Math.floor(latchkey.clock.now().getTime() / SECOND);
  const times = { iat: now, exp: now + HOUR / SECOND };
  return provider.sign({ iss: ISSUER, aud: TEST_AUDIENCE, sub, email, email_verified: true, ...times });
}

const seen = async (token: string) => (await api.viewer(token)).user;

test("of two people who come at once with one address, one is recognised by it and keeps it for good", async () => {
  for (let round = 0; round < 20; round++) {
    const email = `shared-${round}@example.com`;
    const known = await api.createUser({ email });
    const subjects = [`a-${round}`, `b-${round}`];
    const tokens = await Promise.all(subjects.map((sub) => tokenOf(sub, email)));
    const first = await Promise.all(tokens.map(seen));
    const recognised = first.filter((user) => user?.id === known.id);
    expect([round, recognised.length]).toEqual([round, 1]);
    expect(await Promise.all(tokens.map(seen))).toMatchObject(
      first.map((user, i) => ({ id: user?.id, externalId: subjects[i], email: user?.id === known.id ? email : null })),
    );
  }
});

test("what a server changes while somebody is recognised stays changed", async () => {
  for (let round = 0; round < 10; round++) {
    const email = `changed-${round}@example.com`;
    const { id } = await api.createUser({ email });
    await Promise.all([
      tokenOf(`changed-${round}`, email).then(seen),
      api.updateUser({ user: id, name: "Renamed", metadata: { round } }),
    ]);
    expect(await api.user(id)).toMatchObject({ externalId: `changed-${round}`, name: "Renamed", metadata: { round } });
  }
});

test("somebody who was removed and comes back is a new person, who holds nothing of the old one", async () => {
  const { key } = await api.createProduct();
  const token = await tokenOf("comes-back", "comes-back@example.com");
  const before = await seen(token);
  await api.grantAccess({ user: "comes-back", product: key });
  expect(await api.access(key, null, token)).toMatchObject({ allowed: true });
  await api.deleteUser("comes-back");
  const after = await seen(token);
  expect(after?.id).not.toBe(before?.id);
  expect(await api.access(key, null, token)).toMatchObject({ allowed: false, reason: "NO_GRANT" });
});

test("a token of the provider asks about its own user by either name, and about nobody else", async () => {
  const token = await tokenOf("asks", "asks@example.com");
  const own = await seen(token);
  await api.createUser({ externalId: "somebody-else" });
  for (const name of ["asks", own?.id ?? ""]) expect(await api.user(name, token)).toMatchObject({ id: own?.id });
  const refusals = [];
  for (const id of ["somebody-else", "nobody-at-all", `usr_${"0".repeat(26)}`]) {
    refusals.push(await api.refused("user", { id }, token));
  }
  expect(new Set(refusals.map(({ extensions, message }) => `${extensions.code} ${message}`)).size).toBe(1);
  expect(refusals[0]?.extensions.code).toBe("FORBIDDEN");
});
