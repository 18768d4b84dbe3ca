import { type ObjectKind, canBeIdOf, kindOfId } from "../../src/projection/read-id-kind";

test.each<[string, ObjectKind | null]>([
  ["sub_1MUX9ZEZ3w8tMtYc", "SUBSCRIPTION"],
  ["sub_sched_1MUX9ZEZ3w8t", "SCHEDULE"],
  ["in_1MUX9ZEZ3w8tMtYc", "INVOICE"],
  ["inpay_1MUX9ZEZ3w8t", null],
  ["cs_test_a1b2", "SESSION"],
  ["cs_live_a1b2", "SESSION"],
  ["pi_3QKtv7BpeWcLFd8f", "PAYMENT"],
  ["pr_5RV730PrHyAEi", "PAYMENT_RECORD"],
  ["price_1MUX9Z", null],
  ["prod_1MUX9Z", null],
  ["ch_3QKtv7", "CHARGE"],
  ["py_3QKtv7", "CHARGE"],
  ["cus_9s6XKzkNRiz8i3", "CUSTOMER"],
  ["customer-7", null],
  ["sub_", null],
  ["sub_1/../in_1", null],
  ["", null],
])("the kind of %j is %s", (id, kind) => expect(kindOfId(id)).toBe(kind));

test("an id of another kind, or of none, cannot name what always has a prefix", () => {
  const strict: ObjectKind[] = ["SUBSCRIPTION", "INVOICE", "SESSION", "PAYMENT", "CHARGE"];
  const ids = ["sub_1", "in_1", "cs_1", "pi_1", "ch_1", "sub_sched_1", "pr_1", "cus_1", "nobody", ""];
  const accepted = strict.map((kind) => ids.filter((id) => canBeIdOf(kind, id)));
  expect(accepted).toEqual([["sub_1"], ["in_1"], ["cs_1"], ["pi_1"], ["ch_1"]]);
  expect(["dp_1", "du_1", "other_1", "sub_1"].filter((id) => canBeIdOf("DISPUTE", id))).toEqual([
    "dp_1",
    "du_1",
    "other_1",
  ]);
  // A seller may choose the ids of customers.
  expect(["cus_1", "ada", "in_house"].every((id) => canBeIdOf("CUSTOMER", id))).toBe(true);
});
