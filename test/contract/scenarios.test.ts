import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sharedStripeData } from "../kit/shared-stripe-data";
import { ask, type Wire } from "./simulator-kit";
import type { Received } from "./receiver";
import { closeWhole, control, listen, openWhole, type Whole } from "./whole-kit";

/**
 * Scripts of API calls that others published (stripe/stripe-cli): replaying one makes Stripe emit the event that its file
 * is named after. They stand beside the checkout of this project; where they do not, there is nothing to replay.
 */
const folder = join(sharedStripeData, "scenarios");
const scripts = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];

interface Script {
  env?: Record<string, string>;
  fixtures: Step[];
}

interface Step {
  name: string;
  path: string;
  method: string;
  params?: object;
  expected_error_type?: string;
}

/** Two names are not events. */
const eventOf: Record<string, string> = {
  "subscription.payment_succeeded": "invoice.payment_succeeded",
  "subscription.payment_failed": "invoice.payment_failed",
};

/** What a bank does days later, and Stripe's test mode at once. */
const waits = new Set([
  "charge.dispute.created",
  "checkout.session.async_payment_failed",
  "checkout.session.async_payment_succeeded",
]);

afterEach(closeWhole);

if (scripts.length === 0) {
  // Other people's data is not part of this project, and may be absent.
  // oxlint-disable-next-line jest/no-disabled-tests
  test.skip("the published scripts replay (put them at ../shared/stripe/scenarios)", () => {});
} else {
  test.each(scripts)("replaying %s answers every step as it says, and its event arrives signed", async (file) => {
    const name = file.replace(/\.json$/, "");
    const script: Script = JSON.parse(readFileSync(join(folder, file), "utf8"));
    const whole = await openWhole();
    const { receiver, secret } = await listen(whole);
    // Somebody has saved the settings of the portal in the Dashboard of the account that the scripts are written for.
    await control(whole.simulator, "save-portal-settings");
    await replay(whole, script);
    await whole.simulator.deliveries.settled();
    if (waits.has(name)) await letDaysPass(whole);
    expect(receiver.types()).toContain(eventOf[name] ?? name);
    for (const received of receiver.got) expect(isAccepted(whole, received, secret)).toBe(true);
  });
}

async function letDaysPass({ simulator }: Whole): Promise<void> {
  simulator.control.moveBy(7 * 86_400);
  await simulator.deliveries.settled();
}

function isAccepted({ stripe }: Whole, { body, signature }: Received, secret: string): boolean {
  return stripe.webhooks.constructEvent(body, signature, secret).object === "event";
}

async function replay({ simulator }: Whole, { fixtures, env = {} }: Script): Promise<void> {
  const answers = new Map<string, Wire>();
  for (const step of fixtures) {
    const form = formOf(step.params ?? {}, (text) => filled(text, answers, env));
    const method = step.method.toUpperCase();
    const path = filled(step.path, answers, env);
    const target = method === "GET" && form ? `${path}?${form}` : path;
    // One step needs what the one before it made.
    // oxlint-disable-next-line no-await-in-loop
    const { body } = await ask(simulator, method, target, method === "GET" ? {} : { form });
    answers.set(step.name, body);
    expect([step.name, body.error?.type, body.error?.message]).toEqual(expectedOf(step, body));
    // Time under a test clock passes when somebody looks.
    // oxlint-disable-next-line no-await-in-loop
    if (path.includes("test_clocks")) await ask(simulator, "GET", "/v1/test_helpers/test_clocks");
  }
}

// A step that may be refused need not be: the scripts tolerate it.
function expectedOf({ name, expected_error_type: type }: Step, { error }: Wire): unknown[] {
  return [name, error && type ? type : undefined, error && type ? error.message : undefined];
}

/** `${customer:id}`, `${disputes_list:data.0.id}`, `${.env:NAME|default}`. */
function filled(text: string, answers: ReadonlyMap<string, Wire>, env: Record<string, string>): string {
  return text.replace(/\$\{([^}]+)\}/g, (whole, reference: string) => {
    const [name = "", rest = ""] = reference.split(":");
    const [path = "", otherwise] = rest.split("|");
    if (name === ".env") return env[path] ?? otherwise ?? whole;
    const found = path.split(".").reduce<unknown>((here, key) => inside(here, key), answers.get(name));
    return typeof found === "string" || typeof found === "number" ? String(found) : (otherwise ?? whole);
  });
}

function inside(here: unknown, key: string): unknown {
  return typeof here === "object" && here !== null ? new Map(Object.entries(here)).get(key) : undefined;
}

/** Parameters as a form; lists and numbered hashes alike. */
function formOf(params: object, fill: (text: string) => string, prefix = ""): string {
  const form = new URLSearchParams();
  const walk = (value: unknown, name: string): void => {
    if (typeof value === "object" && value !== null) {
      for (const [key, one] of Object.entries(value)) walk(one, name ? nameInside(name, key) : key);
    } else form.append(name, fill(String(value)));
  };
  walk(params, prefix);
  return form.toString();
}

// The scripts write some names already flattened: `recurring[interval]`.
function nameInside(name: string, key: string): string {
  const [first = "", ...rest] = key.split("[");
  return `${name}[${first}]${rest.map((part) => `[${part}`).join("")}`;
}
