import fc from "fast-check";
import { type IdKind, idPrefixes, newUuid, readPublicId, readPublicIdOf, toPublicId } from "../../src/base/ids";

const kind = fc.constantFrom(...(Object.keys(idPrefixes) as IdKind[]));
const uuid = fc.uuid();

test("the prefixes are three different letters each", () => {
  const prefixes = Object.values(idPrefixes);
  expect(new Set(prefixes).size).toBe(prefixes.length);
  for (const prefix of prefixes) expect(prefix).toMatch(/^[a-z]{3}$/);
});

test("an id goes out and comes back as it was", () => {
  fc.assert(
    fc.property(kind, uuid, (kind, uuid) => {
      const id = toPublicId(kind, uuid);
      expect(id).toMatch(/^[a-z]{3}_[0-9a-z]{26}$/);
      expect(readPublicId(id)).toEqual({ kind, uuid });
      expect(readPublicIdOf(kind, id)).toBe(uuid);
    }),
  );
});

test("ids outside keep the order that they have inside", () => {
  fc.assert(
    fc.property(uuid, uuid, (a, b) => {
      const order = (one: string, other: string) => Number(one > other) - Number(one < other);
      expect(order(toPublicId("user", a), toPublicId("user", b))).toBe(order(a, b));
    }),
  );
});

test("an id of another kind is none of this kind", () => {
  fc.assert(
    fc.property(kind, kind, uuid, (one, other, uuid) => {
      expect(readPublicIdOf(one, toPublicId(other, uuid))).toBe(one === other ? uuid : null);
    }),
  );
});

test("text that we cannot have made is no id", () => {
  fc.assert(fc.property(fc.string(), (text) => readPublicId(text) === null));
  const good = toPublicId("user", "0190f0a0-0000-7000-8000-000000000000");
  const bad = [
    good.toUpperCase(),
    ` ${good}`,
    `${good}\n`,
    `${good}0`,
    good.slice(0, -1),
    good.replace("usr", "xyz"),
    good.replace("usr", "__p"),
    `${good.slice(0, -1)}i`,
    `${good.slice(0, -1)}l`,
    `${good.slice(0, -1)}o`,
    `${good.slice(0, -1)}u`,
    `usr_${"z".repeat(26)}`,
    `usr_8${"0".repeat(25)}`,
    "constructor_00000000000000000000000000",
    "",
  ];
  expect(bad.filter((text) => readPublicId(text) !== null)).toEqual([]);
});

test("whatever is read is written the same way again: no two texts name one object", () => {
  const almost = fc.stringMatching(/^usr_[0-9a-hjkmnp-tv-z]{26}$/);
  fc.assert(
    fc.property(almost, (text) => {
      const read = readPublicId(text);
      if (read) expect(toPublicId(read.kind, read.uuid)).toBe(text);
    }),
  );
});

test("new ids are of version 7, all different, and in the order in which they were made", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  const made = Array.from({ length: 10_000 }, () => newUuid(now));
  expect(new Set(made).size).toBe(made.length);
  expect([...made].sort()).toEqual(made);
  for (const uuid of made.slice(0, 20))
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  expect(newUuid(new Date(now.getTime() + 1)) > (made.at(-1) ?? "")).toBe(true);
});
