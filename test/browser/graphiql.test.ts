import { toPublicId } from "../../src/base/ids";
import { startJob } from "../../src/work/start-job";
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
    await page.locator(".graphiql-response").getByText(`"ready"`).waitFor();
    await page.setViewportSize({ width: 375, height: 740 });
    expect((await page.locator(".graphiql-response").boundingBox())?.width).toBeGreaterThan(250);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    await page.getByText("May this person open this product?").or(page.getByText("Root Types")).first().waitFor();
    expect({ refused, outside }).toEqual({ refused: [], outside: [] });

    await page.close();
    await latchkey.stop();
  });

  test("shows a subscription as it goes on, to its end", async () => {
    const latchkey = await startLatchkey({
      localMode: true,
      graphiqlKey: KEY,
      env: { LATCHKEY_BOOTSTRAP_KEY: KEY },
      background: { runners: {} },
    });
    const { deps } = latchkey.server;
    const job = await deps.db.transaction((tx) =>
      startJob(tx, deps, {
        kind: "REPLAY",
        mode: "TEST",
        subject: null,
        connectionId: null,
        input: {},
        dryRun: false,
        createdBy: "test",
      }),
    );
    const id = toPublicId("job", job.id);
    const page = await requireBrowser().newPage();
    await page.goto(latchkey.url);
    await page.locator(".graphiql-query-editor .CodeMirror, .graphiql-query-editor .monaco-editor").first().click();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.press("Delete");
    // The editor sends the name of the operation that it noticed last, so this one has the name of the first.
    await page.keyboard.insertText(`subscription FirstCheck { jobProgress(id: "${id}") { status done } }`);
    await page.click(".graphiql-execute-button");
    const answer = page.locator(".graphiql-response");
    await answer.getByText("QUEUED").waitFor();
    await latchkey.get("mutation ($id: ID!) { cancelJob(id: $id) { id } }", { id });
    await answer.getByText("CANCELLED").waitFor();

    await page.close();
    await latchkey.stop();
  });
});
