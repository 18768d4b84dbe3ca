import { toHandBackUrl } from "../../src/links/hand-back-url";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
beforeAll(async () => {
  latchkey = await startLatchkey({ env: { LATCHKEY_ALLOWED_URLS: "https://shop.example, shopapp://" } });
});
afterAll(() => latchkey.stop());

/** Where Stripe would send a browser for this address of an app, reached on this machine. */
function addressOf(appAddress: string): string {
  const { config } = latchkey.server.deps;
  return toHandBackUrl(config, appAddress).replace(config.publicUrl, latchkey.url);
}

const open = (url: string, init: RequestInit = {}) => fetch(url, { redirect: "manual", ...init });

test("TA-X28, RWS-X32: the page forwards to the app, has a button, and says what to do without the app", async () => {
  const app = "shopapp://done?session={CHECKOUT_SESSION_ID}&from='a'&b=%20";
  const answer = await open(addressOf(app).replace("{CHECKOUT_SESSION_ID}", "cs_test_a1"));
  const page = await answer.text();
  expect(answer.status).toBe(200);
  const written = "shopapp://done?session=cs_test_a1&amp;from=&#39;a&#39;&amp;b=%20";
  expect(page).toContain(`<meta http-equiv="refresh" content="0;url=${written}">`);
  expect(page).toContain(`<a href="${written}"`);
  expect(page).toMatch(/not on this device/);
  expect(page).not.toMatch(/<script|onload|onclick/i);
});

test("the page is kept by nobody, shown in no frame, runs nothing and tells nobody where one came from", async () => {
  const { headers } = await open(addressOf("shopapp://done"));
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("x-frame-options")).toBe("DENY");
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|\*|script/);
});

test("it needs no credential, answers HEAD, and takes nothing else", async () => {
  const address = addressOf("shopapp://done");
  expect((await open(address, { method: "HEAD" })).status).toBe(200);
  expect((await open(address, { method: "POST", body: "to=shopapp://x" })).status).toBe(405);
});

describe("nothing is forwarded to that we did not sign for an app on the allow-list", () => {
  const encoded = (text: string) => Buffer.from(text).toString("base64url");
  const signature = () => addressOf("shopapp://done").split(".").at(-1) ?? "";
  const hostile: [string, () => string][] = [
    ["an address in the clear", () => "shopapp:%2F%2Fdone"],
    ["another address under a signature of ours", () => `${encoded("shopapp://pwned")}.${signature()}`],
    ["a web page under a signature of ours", () => `${encoded("https://evil.example/")}.${signature()}`],
    ["a script under a signature of ours", () => `${encoded("javascript:alert(1)")}.${signature()}`],
    ["no signature", () => encoded("shopapp://done")],
    ["an empty signature", () => `${encoded("shopapp://done")}.`],
    ["a shortened signature", () => `${encoded("shopapp://done")}.${signature().slice(0, -1)}`],
    ["letters that are none of the alphabet", () => `${encoded("shopapp://done")}%00.${signature()}`],
    ["a scheme that is not on the list", () => addressOf("otherapp://done").split("/return/")[1] ?? ""],
    ["a script that was signed", () => addressOf("javascript://x/%0aalert(1)").split("/return/")[1] ?? ""],
    ["a web page that was signed", () => addressOf("https://shop.example/").split("/return/")[1] ?? ""],
    ["a path that leads away", () => "..%2F..%2Fgraphql"],
    ["two slashes", () => "%2F%2Fevil.example"],
  ];
  test.each(hostile)("%s", async (_, ticketOf) => {
    const answer = await open(`${latchkey.url}/return/${ticketOf()}`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("location")).toBeNull();
    const page = await answer.text();
    expect(page).toContain('<a href="https://shop.example"');
    expect(page).not.toMatch(/refresh|href="(?!data:,"|https:\/\/shop\.example")|evil|pwned|alert/);
  });

  test("further parameters change nothing", async () => {
    const more = "?to=https://evil.example&session=%22%3E%3Cscript%3E&return_url=//evil.example";
    const page = await (
      await open(`${addressOf("shopapp://done?s={CHECKOUT_SESSION_ID}").split("?")[0]}${more}`)
    ).text();
    expect(page).not.toMatch(/evil|<script/);
  });
});

test("what the address says is not logged", async () => {
  await open(
    addressOf("shopapp://secret-place?s={CHECKOUT_SESSION_ID}").replace("{CHECKOUT_SESSION_ID}", "cs_test_hush"),
  );
  const lines = latchkey.logged.join("\n");
  expect(lines).toContain("/return/:ticket");
  expect(lines).not.toMatch(/secret-place|cs_test_hush|c2hvcGFwcDov/);
});
