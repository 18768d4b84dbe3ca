import { type Hearing, type ToldEvent, decideMissed } from "../../src/reconciliation/decide-missed";

const now = new Date("2026-03-01T12:00:00.000Z");
const minutes = (count: number) => new Date(now.getTime() - count * 60_000);
const event = (ago: number, more: Partial<ToldEvent> = {}): ToldEvent => ({
  type: "customer.subscription.updated",
  happenedAt: minutes(ago),
  isKnown: false,
  ...more,
});
const hearing: Hearing = { eventTypes: ["*"], lastEventAt: minutes(200), since: minutes(300) };
const some = ["customer.subscription.updated", "invoice.paid"];

describe("an event of Stripe's list is missed", () => {
  test.each<[string, ToldEvent[], Partial<Hearing>, Date | null]>([
    ["when it never came", [event(60)], {}, minutes(60)],
    ["and the latest of several is told", [event(90), event(60), event(120)], {}, minutes(60)],
    ["but not when it came", [event(60, { isKnown: true })], {}, null],
    [
      "also when others came after it",
      [event(60), event(40, { isKnown: true })],
      { lastEventAt: minutes(40) },
      minutes(60),
    ],
    ["but not while Stripe may still be at it", [event(29)], {}, null],
    ["nor when it happened before the last comparison", [event(301)], {}, null],
    [
      "nor when the endpoint is not subscribed to it",
      [event(60, { type: "invoice.voided" })],
      { eventTypes: some },
      null,
    ],
    ["when the endpoint is subscribed to it", [event(60)], { eventTypes: some }, minutes(60)],
    ["when nobody knows to what, and nothing has come since", [event(60)], { eventTypes: [] }, minutes(60)],
    ["and nothing has ever come", [event(60)], { eventTypes: [], lastEventAt: null }, minutes(60)],
    [
      "but not when nobody knows to what, and others came",
      [event(60)],
      { eventTypes: [], lastEventAt: minutes(50) },
      null,
    ],
    ["not when there is none", [], {}, null],
  ])("%s", (_, events, more, missedAt) => {
    expect(decideMissed(events, { ...hearing, ...more }, now)).toEqual(missedAt);
  });
});
