import Stripe from "stripe";
import { type Verdict, verifyEvent } from "../../src/stripe/verify-event";
import { signatureOf } from "../kit/sign-webhook";

const NOW = new Date("2026-03-01T12:00:00.000Z");
const BODY = Buffer.from('{ "id": "evt_1",  "text": "\\u00e9é" }\n');
const [SECRET, OLD, FOREIGN] = ["whsec_current", "whsec_previous", "whsec_of_somebody_else"];
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const verdictOf = (header: string | undefined, body = BODY, secrets = [SECRET, OLD]) =>
  verifyEvent({ body, header, secrets, now: NOW });

const good = signatureOf(BODY, NOW, SECRET);
const v1 = good.split(",")[1] ?? "";
const cases: [string, string | undefined, Verdict][] = [
  ["the secret's signature", good, "GOOD"],
  ["the previous secret's, while it is replaced", signatureOf(BODY, NOW, OLD), "GOOD"],
  ["several, the last of which is right", signatureOf(BODY, NOW, FOREIGN, FOREIGN, SECRET), "GOOD"],
  ["several, the first of which is right", signatureOf(BODY, NOW, SECRET, FOREIGN), "GOOD"],
  ["another scheme beside it", `${good},v0=${"0".repeat(64)}`, "GOOD"],
  ["spaces after the commas", good.replace(",", ", "), "GOOD"],
  ["the header's parts in another order", good.split(",").toReversed().join(","), "GOOD"],
  ["somebody else's secret", signatureOf(BODY, NOW, FOREIGN), "WRONG_SIGNATURE"],
  ["another body's signature", signatureOf("{}", NOW, SECRET), "WRONG_SIGNATURE"],
  ["one letter changed", good.replace(/.$/, (last) => (last === "0" ? "1" : "0")), "WRONG_SIGNATURE"],
  ["another time beside a good signature", good.replace(/^t=\d+/, `t=${NOW.getTime() / 1000 + 1}`), "WRONG_SIGNATURE"],
  ["a scheme that nobody promised", good.replace("v1=", "v0="), "NO_SIGNATURE"],
  ["half a signature", good.slice(0, -2), "NO_SIGNATURE"],
  ["letters that are no hexadecimal", good.replace(/v1=../, "v1=zz"), "NO_SIGNATURE"],
  ["no time", v1, "NO_SIGNATURE"],
  ["a time that is none", `t=now,${v1}`, "NO_SIGNATURE"],
  ["a negative time", `t=-1,${v1}`, "NO_SIGNATURE"],
  ["only a time", `t=${NOW.getTime() / 1000}`, "NO_SIGNATURE"],
  ["an empty header", "", "NO_SIGNATURE"],
  ["no header", undefined, "NO_SIGNATURE"],
  ["nonsense", "=,=,,t,v1,=v1", "NO_SIGNATURE"],
  ["just below five minutes ago", signatureOf(BODY, at(-300), SECRET), "GOOD"],
  ["more than five minutes ago", signatureOf(BODY, at(-301), SECRET), "WRONG_TIME"],
  ["just below five minutes ahead", signatureOf(BODY, at(300), SECRET), "GOOD"],
  [
    "more than five minutes ahead, which the official client lets pass",
    signatureOf(BODY, at(301), SECRET),
    "WRONG_TIME",
  ],
  ["a year ahead", signatureOf(BODY, at(31_536_000), SECRET), "WRONG_TIME"],
];

test.each(cases)("%s", (_, header, verdict) => {
  expect(verdictOf(header)).toBe(verdict);
});

test("without a secret nothing is good", () => {
  expect(verdictOf(good, BODY, [])).toBe("WRONG_SIGNATURE");
});

test("F22: one byte of the body more, less or otherwise is another body", () => {
  const text = BODY.toString();
  for (const changed of [
    text.trimEnd(),
    `${text} `,
    text.replace("  ", " "),
    text.replace("\\u00e9", "é"),
    `\uFEFF${text}`,
  ]) {
    expect(verdictOf(good, Buffer.from(changed))).toBe("WRONG_SIGNATURE");
  }
});

test("what the official client signs is good here, and what is good here the official client takes", () => {
  const { webhooks } = new Stripe("sk_test_pure");
  const timestamp = Math.floor(NOW.getTime() / 1000);
  const theirs = webhooks.generateTestHeaderString({ payload: BODY.toString(), secret: SECRET, timestamp });
  expect(verdictOf(theirs)).toBe("GOOD");
  const now = NOW.getTime();
  expect(webhooks.signature?.verifyHeader(BODY.toString(), good, SECRET, 300, undefined, now)).toBe(true);
});
