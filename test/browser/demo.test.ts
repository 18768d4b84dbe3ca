import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { root } from "../kit/read-sources";
import { type RunningCli, startCli } from "../kit/run-cli";
import { isLong } from "../kit/is-long";
import { closeBrowser, describeInBrowser, look, openBrowser, requireBrowser, typeCard } from "./browser-kit";
import { findPageMistakes } from "./find-page-mistakes";

// What a newcomer does with the demo of `npm start`: buy, open, cancel, and come back.

let dataDir: string;
let cli: RunningCli;
let printed: string;
let shop: Server;
let home: string;

const find = (pattern: RegExp) => pattern.exec(printed)?.[1] ?? "";
const linkOf = (name: string) => find(new RegExp(`${name} +(http\\S+)`));

/** The component of the README on a page of one's own, at another port of this machine: `/membership/<token of a user>`. */
async function openOwnPage(): Promise<void> {
  const files = new Map([
    ["/react.js", "assets/demo/react.js"],
    ["/locked.js", "assets/demo/locked.js"],
    ["/react.min.js", "assets/graphiql/react.production.min.js"],
    ["/react-dom.min.js", "assets/graphiql/react-dom.production.min.js"],
  ]);
  shop = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = files.get(pathname);
    response.setHeader("content-type", file ? "text/javascript" : "text/html");
    response.end(file ? readFileSync(path.join(root, file)) : writeOwnPage(pathname));
  });
  await new Promise<void>((listening) => shop.listen(0, "127.0.0.1", listening));
  home = `http://localhost:${(shop.address() as AddressInfo).port}`;
}

function writeOwnPage(pathname: string): string {
  const [, product = "", token = ""] = pathname.split("/");
  const given = JSON.stringify({ product, latchkey: { url: linkOf("GraphQL"), token } });
  return `<!doctype html><title>My own page</title><meta name="viewport" content="width=device-width, initial-scale=1">
<main id="root"></main>
<script src="/react.min.js"></script><script src="/react-dom.min.js"></script><script type="module">
import { Locked } from "/locked.js";
const content = React.createElement("p", {}, "Lesson one");
ReactDOM.createRoot(document.getElementById("root")).render(React.createElement(Locked, ${given}, content));
</script>`;
}

/** A user who has bought nothing, and a token of theirs, as a shop's server makes them. */
async function tokenOfNewUser(externalId: string): Promise<string> {
  const headers = {
    "content-type": "application/json",
    authorization: `Bearer ${find(/Administrator's key.*\n +(\S+)/)}`,
  };
  const query = `mutation { createUser(input: { externalId: "${externalId}", email: "${externalId}@example.com" }) { id }
    createUserToken(user: "${externalId}") { token } }`;
  const response = await fetch(linkOf("GraphQL"), { method: "POST", headers, body: JSON.stringify({ query }) });
  const { data } = (await response.json()) as { data: { createUserToken: { token: string } } };
  return data.createUserToken.token;
}

const PHONE: BrowserContextOptions = { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true };

async function openPage(device: BrowserContextOptions = { viewport: { width: 1280, height: 900 } }): Promise<Page> {
  const context = await requireBrowser().newContext(device);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return page;
}

async function pay(page: Page, name: string): Promise<void> {
  await page.getByLabel("Card number").waitFor();
  await look(page, `demo-checkout-${name}`);
  await typeCard(page, "4242 4242 4242 4242");
  await page.getByRole("button", { name: /^(Subscribe|Pay)/ }).click();
}

describeInBrowser("the demo of local mode", () => {
  beforeAll(async () => {
    await openBrowser();
    dataDir = mkdtempSync(path.join(tmpdir(), "latchkey-demo-"));
    cli = await startCli(["dev"], { PORT: "0", LATCHKEY_DATA_DIR: dataDir });
    printed = await cli.until(/Ctrl-C stops the server/);
    await openOwnPage();
  });
  afterAll(async () => {
    await closeBrowser();
    shop.close();
    cli.child.kill("SIGTERM");
    await cli.ended;
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("the publishable key and the user's token that are printed speak for the public and for that user", async () => {
    const ask = async (credential: string) => {
      const headers = { "content-type": "application/json", authorization: `Bearer ${credential}` };
      const body = JSON.stringify({ query: "{ viewer { role mode user { externalId } } }" });
      return (await fetch(linkOf("GraphQL"), { method: "POST", headers, body })).json();
    };
    expect(await ask(find(/Publishable key.*\n +(\S+)/))).toEqual({
      data: { viewer: { role: "PUBLISHABLE", mode: "TEST", user: null } },
    });
    expect(await ask(find(/Token of the user.*\n +(\S+)/))).toMatchObject({
      data: { viewer: { role: "USER", user: { externalId: "you" } } },
    });
  });

  test("a membership is bought on the demo's page, opened, cancelled in the portal, and the way back works", async () => {
    const page = await openPage();
    await page.goto(linkOf("Demo shop"));
    const membership = page.locator("article", { hasText: "Membership" });
    await membership.getByRole("button", { name: /Buy for €9 per month/ }).waitFor();
    await look(page, "demo-locked");
    expect(await membership.getByText("This Friday").count()).toBe(0);
    await membership.getByRole("button", { name: /Buy for €9 per month/ }).click();
    await pay(page, "desktop");
    await page.waitForURL(/\/demo\?session=cs_/);
    await membership.getByText("This Friday").waitFor();
    await look(page, "demo-open");
    await membership.getByRole("button", { name: "Manage" }).click();
    await page.getByRole("link", { name: "Cancel subscription" }).click();
    await page.getByRole("button", { name: "Cancel subscription" }).click();
    await page.getByText("Your subscription has been canceled.").waitFor();
    await look(page, "demo-portal");
    await page.getByRole("link", { name: "Return" }).click();
    await page.waitForURL(/\/demo$/);
    await membership.getByText(/^Until /).waitFor();
    await look(page, "demo-cancelled");
  });

  test("on a phone, the component on a page of one's own sells a membership, opens it and leads to its cancellation", async () => {
    const page = await openPage(PHONE);
    const own = `${home}/membership/${await tokenOfNewUser("newcomer")}`;
    await page.goto(own);
    await page.getByRole("button", { name: "Buy for €9 per month" }).tap();
    await pay(page, "phone");
    await page.waitForURL(`${own}?session=cs_*`);
    await page.getByText("Lesson one").waitFor();
    await page.getByRole("button", { name: "Manage" }).tap();
    await page.getByRole("link", { name: "Cancel subscription" }).waitFor();
    expect(await findPageMistakes(page, "demo-portal")).toEqual([]);
    await page.getByRole("link", { name: "Cancel subscription" }).tap();
    await page.getByRole("button", { name: "Cancel subscription" }).tap();
    await page.getByText("Your subscription has been canceled.").waitFor();
    await page.getByRole("link", { name: "Return" }).tap();
    await page.waitForURL(own);
    await page.getByText(/^Until /).waitFor();
    expect(await page.getByText("Lesson one").isVisible()).toBe(true);

    const traced = await page.evaluate(async (url) => {
      const headers = {
        "content-type": "application/json",
        baggage: "a=b",
        "sentry-trace": "1-2-1",
        "x-b3-traceid": "1",
      };
      const response = await fetch(url, { method: "POST", headers, body: '{"query":"{ __typename }"}' });
      return response.status;
    }, linkOf("GraphQL"));
    expect(traced).toBe(401);
  });

  test("pages of the server have contrast, fit a phone, can be touched and lead on", async () => {
    const page = await openPage();
    const latchkey = new URL("/", linkOf("GraphQL")).href;
    const pages = {
      "buy-choice": `${latchkey}buy/membership?mode=test`,
      "buy-nothing": `${latchkey}buy/nothing?mode=test`,
    };
    const more = {
      "buy-live": `${latchkey}buy/membership`,
      bought: `${latchkey}bought`,
      "return-nowhere": `${latchkey}return/nowhere`,
      "export-nowhere": `${latchkey}exports/nowhere`,
      "server-nothing": `${latchkey}nothing`,
      demo: linkOf("Demo shop"),
      "demo-room": linkOf("Control room"),
    };
    const mistakes: string[] = [];
    for (const [name, address] of Object.entries({ ...pages, ...(isLong && more) })) {
      // oxlint-disable-next-line no-await-in-loop
      await page.goto(address);
      // oxlint-disable-next-line no-await-in-loop
      if (name === "demo") await page.getByRole("button").first().waitFor();
      // oxlint-disable-next-line no-await-in-loop
      mistakes.push(...(await findPageMistakes(page, name)));
    }
    expect(mistakes).toEqual([]);
    await page.goto(pages["buy-nothing"]);
    await page.getByRole("link", { name: "Back to the demo shop" }).click();
    await page.waitForURL(/\/demo$/);
  });

  test("the printed links sell and lead on, and the portal's survives a clock that was moved", async () => {
    const page = await openPage(PHONE);
    await page.goto(linkOf("Demo shop"));
    await page
      .getByText("This Friday")
      .or(page.getByRole("button", { name: /Buy/ }))
      .first()
      .waitFor();
    await look(page, "demo-phone");
    for (const name of ["Checkout", "Buy"]) {
      await page.goto(linkOf(name));
      const choice = page.getByRole("link", { name: /month/ });
      if (await choice.count()) await choice.click();
      await page.getByLabel("E-mail").fill(`${name.toLowerCase()}@example.com`);
      await typeCard(page, "4242 4242 4242 4242");
      await page.getByRole("button", { name: /^(Subscribe|Pay)/ }).click();
      await page.waitForURL(/\/bought/);
      await look(page, `demo-bought-${name}`);
      await page.getByRole("link", { name: "Back to the demo shop" }).click();
      await page.waitForURL(/\/demo$/);
    }
    const moved = await fetch(new URL("/_control/move-clock", linkOf("Control room")), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ seconds: 3 * 86_400 }),
    });
    expect(moved.status).toBe(200);
    await page.goto(linkOf("Portal"));
    await page.getByText("Membership").first().waitFor();
    await page.getByRole("link", { name: "Return" }).click();
    await page.waitForURL(/\/demo$/);
  });
});
