import { readFileSync } from "node:fs";
import path from "node:path";
import { buildSchema, parse, printSchema } from "graphql";
import { buildLatchkeySchema } from "../../src/app/schema";
import { findContractGaps } from "../kit/find-contract-gaps";

const read = (file: string) => readFileSync(path.join(__dirname, file), "utf8");
const contract = parse(read("contract.graphql"));
const notBuiltYet = read("not-built-yet.txt").split("\n").filter(Boolean);

test("the contract is a schema of its own", () => {
  expect(() => buildSchema(read("contract.graphql"))).not.toThrow();
});

test("the schema keeps the contract, but for what stands in not-built-yet.txt, and that list is exact", () => {
  const gaps = findContractGaps(contract, parse(printSchema(buildLatchkeySchema())));
  console.info(`contract: ${gaps.length} names are not built yet`);
  expect(gaps.sort()).toEqual([...notBuiltYet].sort());
});

test("the list only says what is missing: nothing that is built differs from the contract", () => {
  expect(notBuiltYet.filter((line) => line.includes(":"))).toEqual([]);
});

describe("the finder of gaps", () => {
  const wanted = parse(`
    interface Node { id: ID! }
    type Shop implements Node { id: ID! name(short: Boolean): String! }
    input ShopInput { name: String! }
    enum Size { SMALL LARGE }`);
  const rows: [string, string, string[]][] = [
    ["a type", "type Shop", ["Shop"]],
    ["a field", "name(short: Boolean): String!", ["Shop.name"]],
    ["an argument", "(short: Boolean)", ["Shop.name(short)"]],
    ["a value", "LARGE", ["Size.LARGE"]],
    ["an interface", " implements Node", ["Shop: does not implement Node"]],
  ];
  const text = `
    interface Node { id: ID! }
    type Shop implements Node { id: ID! name(short: Boolean): String! more(well: Int = 1): Int }
    input ShopInput { name: String! more: Int }
    enum Size { SMALL LARGE HUGE }`;
  const gapsAfter = (from: string, to: string) => findContractGaps(wanted, parse(text.replace(from, to)));

  test("finds none where the schema only adds", () => {
    expect(findContractGaps(wanted, parse(text))).toEqual([]);
  });

  test.each(rows)("misses %s", (_, part, gaps) => {
    expect(gapsAfter(part, part === "type Shop" ? "type Store" : "")).toEqual(gaps);
  });

  const changes: [string, string, string, string[]][] = [
    [
      "another type",
      "name(short: Boolean): String!",
      "name(short: Boolean): String",
      ["Shop.name: is String, wanted String!"],
    ],
    ["another argument's type", "short: Boolean", "short: Int", ["Shop.name(short): is Int, wanted Boolean"]],
    [
      "a new argument that is required",
      "(short: Boolean",
      "(long: Int!, short: Boolean",
      ["Shop.name(long): a new argument must not be required"],
    ],
    [
      "a new input field that is required",
      "more: Int }",
      "more: Int! }",
      ["ShopInput.more: a new input field must not be required"],
    ],
    [
      "another kind",
      "enum Size { SMALL LARGE HUGE }",
      "scalar Size",
      ["Size: is a ScalarTypeDefinition, wanted EnumTypeDefinition"],
    ],
  ];
  test.each(changes)("notices %s", (_, from, to, gaps) => {
    expect(gapsAfter(from, to)).toEqual(gaps);
  });
});
