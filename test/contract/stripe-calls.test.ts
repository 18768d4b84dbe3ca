import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sharedStripeData } from "../kit/shared-stripe-data";
import { savePortalSettings } from "../../src/local/stripe/objects/portal-configuration";
import { closeShop, openShop } from "./billing-kit";
import { type ExampleCall, sendExample, withRealIds } from "./example-world";

const file = join(sharedStripeData, "calls.jsonl");

/** Name and HTTP status of each example call that is not simulated on purpose. */
const notSimulated = new Map(
  readFileSync(join(__dirname, "not-simulated.txt"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [name = "", status = ""] = line.split(" ");
      return [name, Number(status)] as const;
    }),
);

function readCalls(): ExampleCall[] {
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line): ExampleCall => JSON.parse(line));
}

if (!existsSync(file)) {
  // Data of others is not part of this project, and may be absent.
  // oxlint-disable-next-line jest/no-disabled-tests
  test.skip("the example calls of the official client replay (put calls.jsonl into ../shared/stripe)", () => {});
} else {
  test("example calls of the official client succeed, but for those in not-simulated.txt, and that list is exact", async () => {
    const shop = await openShop();
    shop.simulator.control.act(savePortalSettings);
    const refused = new Map<string, unknown>();
    for (const call of readCalls().filter(({ scope }) => scope)) {
      // A call may see what the one before it made.
      // oxlint-disable-next-line no-await-in-loop
      const { status, body } = await sendExample(shop, await withRealIds(shop, call));
      if (status !== 200) refused.set(call.name, notSimulated.get(call.name) === status ? status : body.error?.message);
    }
    await closeShop(shop);
    expect([...refused]).toEqual([...notSimulated]);
  });

  test("example calls outside of billing answer Stripe's own 404", async () => {
    const shop = await openShop();
    const answers: [string, number, string | undefined][] = [];
    for (const call of readCalls().filter(({ scope }) => !scope)) {
      // oxlint-disable-next-line no-await-in-loop
      const { status, body } = await sendExample(shop, call);
      const { type, message = "" } = body.error ?? {};
      const isUnknown = /^(Unrecognized request URL \(|No such account)/.test(message);
      if (!isUnknown || type !== "invalid_request_error" || status !== 404) answers.push([call.name, status, message]);
    }
    await closeShop(shop);
    expect(answers).toEqual([]);
  });
}
