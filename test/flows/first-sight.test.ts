import { HOUR, SECOND } from "../../src/base/durations";
import { type IdentityProvider, ISSUER, TEST_AUDIENCE, startIdentityProvider } from "../kit/identity-provider";
import { type Stall, openStall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";

let provider: IdentityProvider;
let shop: Shop;
let stall: Stall;

beforeAll(async () => {
  provider = await startIdentityProvider();
  shop = await startShop({ connect: true, env: provider.env });
  stall = await openStall(shop, "course");
  await shop.latchkey.get("mutation { updatePolicy(input: { autoCreateUsers: NEVER }) { autoCreateUsers } }");
  await stall.link();
});
afterAll(async () => {
  await shop.stop();
  await provider.stop();
});

const OPEN = `{ access(product: "course") { allowed reason } viewer { user { id } } }`;

/** Whether somebody with this token may open the product, at the first request that they ever make. */
async function firstAnswer(sub: string, email: string, verified: boolean) {
  const now = Math.floor(shop.clock.now().getTime() / SECOND);
  const times = { iat: now, exp: now + HOUR / SECOND };
  const token = await provider.sign({
    iss: ISSUER,
    aud: TEST_AUDIENCE,
    sub,
    email,
    email_verified: verified,
    ...times,
  });
  const { access } = await shop.latchkey.get<{ access: { allowed: boolean; reason: string } }>(OPEN, {}, token);
  return access;
}

test("what was bought with an address opens at the first request of whoever an identity provider vouches for", async () => {
  const customer = await stall.customer("ada@example.com");
  await stall.subscribe(customer);
  await shop.settled();
  expect(await stall.allowed("ada@example.com")).toBeNull();
  expect(await firstAnswer("ada", "ada@example.com", true)).toEqual({ allowed: true, reason: "SUBSCRIPTION" });
});

test("an address that nobody has verified opens nothing that somebody else bought with it", async () => {
  const customer = await stall.customer("eve@example.com");
  await stall.subscribe(customer);
  await shop.settled();
  expect(await firstAnswer("eve", "eve@example.com", false)).toMatchObject({ allowed: false });
});
