import { measureNesting } from "../../src/http/measure-nesting";

test.each<[string, "json" | "graphql", number]>([
  ["", "json", 0],
  ['{"a":[1,{"b":[]}]}', "json", 4],
  ['{"a":"[[[[","b":"\\"[["}', "json", 1],
  ["[[[", "json", 3],
  ["]]][", "json", 0],
  ["{ a(b: [1]) { c } }", "graphql", 3],
  ['{ a(b: "((((") }', "graphql", 2],
  ["{ a # {{{{\n }", "graphql", 1],
  ['{ a(b: """ {{ "{{" \\""" {{ """) { c } }', "graphql", 2],
  ['{ a(b: "open', "graphql", 2],
])("brackets in %j count, those in strings and comments do not", (text, language, deepest) => {
  expect(measureNesting(text, language)).toBe(deepest);
});
