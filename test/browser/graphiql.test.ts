import { startLatchkey } from "../kit/start-latchkey";
import { closeBrowser, describeInBrowser, openBrowser, requireBrowser } from "./browser-kit";

const KEY = `lk_test_${"graphiql".repeat(5)}`;

describeInBrowser("GraphiQL", () => {
  beforeAll(openBrowser);
  afterAll(closeBrowser);

  test("answers its first query, knows the schema, and asks no address but ours", async () => {
    const latchkey = await startLatchkey({
      localMode: true,
      graphiqlKey: KEY,
      env: { LATCHKEY_BOOTSTRAP_KEY: KEY },
    });
    const page = await requireBrowser().newPage();
    const refused: string[] = [];
    const outside: string[] = [];
    page.on("response", (response) => response.status() >= 400 && refused.push(response.url()));
    page.on("request", (request) => {
      if (!request.url().startsWith(latchkey.url) && !request.url().startsWith("data:")) outside.push(request.url());
    });

    await page.goto(latchkey.url);
    await page.click(".graphiql-execute-button");
    await page.getByText("UNKNOWN_PRODUCT").waitFor();
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    await page.getByText("May this person open this product?").or(page.getByText("Root Types")).first().waitFor();
    expect({ refused, outside }).toEqual({ refused: [], outside: [] });

    await page.close();
    await latchkey.stop();
  });
});
