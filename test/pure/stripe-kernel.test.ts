import * as fc from "fast-check";
import { diff } from "../../src/local/stripe/diff";
import { list, object, readParams, required, integer, text } from "../../src/local/stripe/params";
import { readForm } from "../../src/local/stripe/read-form";
import { dropRow, openShelf, putRow } from "../../src/local/stripe/shelf";
import { cancelTimer, nextTimer, openTimers, setTimer, timerName } from "../../src/local/stripe/timers";

test("a form becomes a tree, whichever way its lists are written", () => {
  const fields = { items: list(object({ price: required(text()), quantity: integer() })), tags: list(text()) };
  const numbered = readForm("items[0][price]=a&items[0][quantity]=2&items[1][price]=b&tags[0]=x&tags[1]=y");
  const bare = readForm("items[][price]=a&items[][quantity]=2&items[][price]=b&tags[]=x&tags[]=y");
  expect(readParams(fields, numbered)).toEqual(readParams(fields, bare));
  expect(readParams(fields, bare).items).toEqual([{ price: "a", quantity: 2 }, { price: "b" }]);
});

test("names like __proto__ and constructor are only names", () => {
  expect(() => readParams({}, readForm("__proto__[x]=1"))).toThrow("__proto__");
  expect(() => readParams({}, readForm("constructor=1"))).toThrow("constructor");
  expect({}).not.toHaveProperty("x");
});

test("previous attributes hold the old values of what changed: inside hashes the changed keys, lists whole", () => {
  const before = { a: 1, same: 2, hash: { x: "1", y: "2" }, list: [1], gone: "g" };
  const after = { a: 2, same: 2, hash: { x: "1", y: "3", z: "4" }, list: [1, 2], fresh: true };
  expect(diff(before, after)).toEqual({ a: 1, hash: { y: "2", z: null }, list: [1], gone: "g", fresh: null });
});

test("whatever is put, moved and dropped, a shelf and its indexes are in order of time and then of arrival", () => {
  const operation = fc.record({
    id: fc.nat(15).map(String),
    created: fc.nat(5),
    owner: fc.nat(2).map(String),
    drop: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const shelf = openShelf<{ id: string; created: number; owner: string }>({ owner: (row) => row.owner });
      const rows = new Map<string, { id: string; created: number; owner: string; turn: number }>();
      operations.forEach(({ drop, ...row }, turn) => {
        if (drop) dropRow(shelf, row.id, false);
        else putRow(shelf, row);
        if (drop) rows.delete(row.id);
        else rows.set(row.id, { ...row, turn: rows.get(row.id)?.turn ?? turn });
      });
      const expected = [...rows.values()]
        .toSorted((a, b) => a.created - b.created || a.turn - b.turn)
        .map(({ id }) => id);
      expect(shelf.inOrder.map(({ row }) => row.id)).toEqual(expected);
      for (const owner of ["0", "1", "2"]) {
        const owned = shelf.byKey.get(`owner\n${owner}`)?.map(({ row }) => row.id) ?? [];
        expect(owned).toEqual(expected.filter((id) => rows.get(id)?.owner === owner));
      }
    }),
  );
});

test("timers come up in order of time, where each was last set, and never when cancelled", () => {
  const setting = fc.record({ id: fc.nat(9).map(String), at: fc.nat(20), cancel: fc.boolean() });
  fc.assert(
    fc.property(fc.array(setting, { maxLength: 60 }), (settings) => {
      const timers = openTimers();
      const expected = new Map<string, number>();
      for (const { id, at, cancel } of settings) {
        const timer = { kind: "customer" as const, id, what: "w", at, clock: null };
        if (cancel) cancelTimer(timers, timerName(timer));
        else setTimer(timers, timer);
        expected.delete(id);
        if (!cancel) expected.set(id, at);
      }
      const came: [string, number][] = [];
      for (let next = nextTimer(timers, null); next; next = nextTimer(timers, null)) {
        came.push([next.id, next.at]);
        cancelTimer(timers, timerName(next));
      }
      expect(came).toEqual([...expected].toSorted(([, a], [, b]) => a - b));
    }),
  );
});
