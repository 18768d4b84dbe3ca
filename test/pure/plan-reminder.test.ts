import { GrantEntity } from "../../src/access/grant.entity";
import { planReminder } from "../../src/clock/plan-reminder";

const START = Date.parse("2026-03-01T12:00:00.000Z");
const day = (days: number) => new Date(START + days * 86_400_000);

type Said = Partial<Omit<GrantEntity, "id">> & { id?: number };

function held({ id = 1, ...said }: Said = {}): GrantEntity {
  return Object.assign(new GrantEntity(), {
    id: `00000000-0000-7000-8000-${String(id).padStart(12, "0")}`,
    userId: "00000000-0000-7000-8000-00000000000a",
    productId: "00000000-0000-7000-8000-000000000001",
    mode: "TEST",
    source: "MANUAL",
    reason: "MANUAL",
    startsAt: day(0),
    endsAt: day(10),
    closesAt: null,
    endedAt: null,
    endReason: null,
    stripeObject: null,
    ...said,
  });
}

const product = { id: "00000000-0000-7000-8000-000000000001", status: "LIVE", accessMode: "ENTITLED" } as const;
const askedOn = { product, days: 3, endsAt: day(10), now: day(7) } as const;

test("three days before the end it says so, with what ends and when", () => {
  const said = planReminder({ ...askedOn, heldThen: [held()], held: [held()] });
  expect(said).toMatchObject({
    type: "CUSTOM",
    customType: "access.ending",
    at: day(7),
    actor: "SYSTEM",
    origin: "CLOCK",
    message: "Access ends in 3 days.",
    data: { days: 3, endsAt: day(10), reason: "MANUAL", grant: expect.stringMatching(/^grt_/) },
  });
});

test.each<[string, Said[], Said[], boolean]>([
  ["nothing changed since", [{}], [{}], true],
  ["another grant has no end", [{}, { id: 2, endsAt: null }], [{}, { id: 2, endsAt: null }], false],
  ["another lasts longer", [{}, { id: 2, endsAt: day(11) }], [{}, { id: 2, endsAt: day(11) }], false],
  ["another ends sooner", [{}, { id: 2, endsAt: day(8) }], [{}, { id: 2, endsAt: day(8) }], true],
  ["another follows without a gap", [{}, { id: 2, startsAt: day(10), endsAt: null }], [{}], false],
  ["another follows with a gap", [{}, { id: 2, startsAt: day(11), endsAt: null }], [{}], true],
  ["another is suspended", [{}, { id: 2, reason: "PAUSED", endsAt: null }], [{}], true],
  ["it was made later", [], [{}], false],
  ["its end was announced later", [{ endsAt: null }], [{}], false],
  ["its end was another one", [{ endsAt: day(20) }], [{}], false],
  ["it was prolonged since", [{}], [{ endsAt: day(20) }], false],
  ["it was revoked since", [{}], [{ endedAt: day(7), endReason: "REVOKED" }], false],
  ["something else was bought since", [{}], [{}, { id: 2, startsAt: day(7), endsAt: null }], false],
  ["it had not begun", [{ startsAt: day(8) }], [{ startsAt: day(8) }], false],
  ["the clock closes it later than the end that is shown", [{ closesAt: day(10.5) }], [{ closesAt: day(10.5) }], true],
])("where %s", (_title, then, now, isTold) => {
  const line = planReminder({ ...askedOn, heldThen: then.map(held), held: now.map(held) });
  expect(line !== null).toBe(isTold);
});

test("nobody is reminded of a product that is open to everybody, or to nobody", () => {
  const all = { heldThen: [held()], held: [held()] };
  for (const more of [
    { status: "ARCHIVED" },
    { status: "DRAFT" },
    { accessMode: "PUBLIC" },
    { accessMode: "AUTHENTICATED" },
  ]) {
    expect(planReminder({ ...askedOn, product: { ...product, ...more } as typeof product, ...all })).toBeNull();
  }
});

test("each end and each number of days has one name, whichever of several grants is read", () => {
  const both = [held(), held({ id: 2 })];
  const names = [both, both.toReversed()].map(
    (each) => planReminder({ ...askedOn, heldThen: each, held: each })?.onceKey,
  );
  expect(new Set(names).size).toBe(1);
  const other = planReminder({ ...askedOn, days: 2, now: day(8), heldThen: both, held: both })?.onceKey;
  expect(names).not.toContain(other);
});

test("when the end has come there is nothing to remind of", () => {
  expect(planReminder({ ...askedOn, now: day(10), heldThen: [held()], held: [held()] })).toBeNull();
});
