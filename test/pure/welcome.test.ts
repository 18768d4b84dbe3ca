import { welcome, type Welcome } from "../../src/cli/welcome";
import { readConfig } from "../../src/config/read-config";

function print(more: Partial<Welcome>): string {
  const read = readConfig({ LATCHKEY_BOOTSTRAP_KEY: `lk_test_${"k".repeat(40)}` }, { localMode: true });
  if (!read.ok) throw new Error("the settings are wrong");
  const url = "http://127.0.0.1:4000";
  return welcome({ url, config: read.config, keyIsOurs: true, hasDemo: false, shop: null, sale: null, ...more });
}

test("with the demo, local mode prints a question about its people", () => {
  expect(print({ hasDemo: true })).toMatch(
    /May Ada open the course, and why\? Ask in another terminal:.*user: \\"ada\\"/s,
  );
});

test("without the demo, local mode prints a question that needs none of its people and products", () => {
  const printed = print({ hasDemo: false });
  expect(printed).toMatch(/What is set up, and what is missing\? Ask in another terminal:.*setupStatus/s);
  expect(printed).not.toMatch(/ada\b|course/i);
});
