import { findDirectionMistakes, type Sources } from "../kit/find-direction-mistakes";
import { readImports } from "../kit/read-imports";
import { readSources } from "../kit/read-sources";

test("every import of src goes the way it may, and no files need one another in a circle", () => {
  expect(findDirectionMistakes(readSources("src"))).toEqual([]);
});

/** A small house without mistakes; each case plants one. */
const house: Record<string, string> = {
  "base/clock.ts": "export const clock = 1;",
  "base/log.ts": 'import pino from "pino"; export const log = pino();',
  "config/config.ts": "export interface Config { port: number }",
  "database/db.ts": 'import { clock } from "../base/clock"; export const db = clock;',
  "graphql/context.ts": 'import type { Config } from "../config/config"; export type Context = Config;',
  "users/user.entity.ts": 'import { Entity } from "typeorm"; export const User = Entity;',
  "users/users.store.ts":
    'import { db } from "../database/db"; import { User } from "./user.entity"; export { db, User };',
  "users/find-user.ts": 'import { db } from "./users.store"; export const findUser = db;',
  "access/decide.ts": 'import type { User } from "../users/user.entity"; export const decide = (user: User) => user;',
  "local/seed-demo.ts": 'import { clock } from "../base/clock"; export const seed = clock;',
  "app/start.ts": 'import { findUser } from "../users/find-user"; export const start = findUser;',
  "cli/dev.ts": 'export const dev = async () => import("../local/seed-demo.js");',
};

function mistakesWith(planted: Record<string, string>): string[] {
  const sources: Sources = new Map(Object.entries({ ...house, ...planted }));
  return findDirectionMistakes(sources);
}

test("a house without mistakes is left in peace", () => {
  expect(mistakesWith({})).toEqual([]);
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    "a room that looks right",
    { "users/x.ts": 'import { decide } from "../access/decide";' },
    /access comes after users/,
  ],
  ["a type that points right", { "users/x.ts": 'import type { A } from "../access/decide";' }, /access comes after/],
  ["a re-export that points right", { "base/x.ts": 'export * from "../database/db";' }, /database comes after base/],
  ["a lazy import that points right", { "users/x.ts": 'void import("../app/start.js");' }, /app comes after users/],
  ["a required file that points right", { "users/x.ts": 'require("../app/start");' }, /app comes after users/],
  ["a type written as an import", { "base/x.ts": 'type D = typeof import("../app/start");' }, /app comes after base/],
  [
    "a value where only types may be seen",
    { "graphql/x.ts": 'import { port } from "../config/config";' },
    /only types/,
  ],
  ["local mode in the server", { "app/x.ts": 'import { seed } from "../local/seed-demo";' }, /only cli may/],
  ["local mode at start", { "cli/x.ts": 'import { seed } from "../local/seed-demo";' }, /when it is needed/],
  ["a folder without a place", { "helpers/x.ts": "" }, /helpers: this folder has no place/],
  ["a pure file that reads rows", { "access/plan-x.ts": 'import { db } from "../database/db";' }, /pure by its name/],
  [
    "a pure file that reads rows through another",
    {
      "access/plan-x.ts": 'import { f } from "./f";',
      "access/f.ts": 'import { findUser as f } from "../users/find-user";',
    },
    /plan-x.ts is pure by its name, but reaches users\/users.store.ts/,
  ],
  ["a pure file that writes a log", { "access/decide-x.ts": 'import { log } from "../base/log";' }, /pure by its name/],
  ["an entity with friends", { "users/a.entity.ts": 'import { f } from "./find-user";' }, /knows TypeORM and types/],
  ["a store that calls a verb", { "users/a.store.ts": 'import { f } from "./find-user";' }, /stands below verbs/],
  [
    "a verb that calls a resolver",
    { "users/x.ts": 'import { f } from "./f.graphql";', "users/f.graphql.ts": "export const f = 1;" },
    /only a graphql file stands/,
  ],
  ["the driver in a slice", { "users/x.ts": 'import { Pool } from "pg";' }, /only the database room/],
  ["Stripe's client in a slice", { "users/x.ts": 'import Stripe from "stripe";' }, /only the room stripe/],
  [
    "a circle",
    { "users/a.ts": 'import "./b";', "users/b.ts": 'import "./c";', "users/c.ts": 'import { a } from "./a";' },
    /a cycle: users\/a.ts -> users\/b.ts -> users\/c.ts -> users\/a.ts/,
  ],
])("%s is found", (_what, planted, message) => {
  const mistakes = mistakesWith(planted);
  expect(mistakes).toHaveLength(1);
  expect(mistakes[0]).toMatch(message);
});

test("types that need one another in a circle are fine: they are gone when the program runs", () => {
  const planted = { "users/a.ts": 'import type { B } from "./b";', "users/b.ts": 'import { type A } from "./a";' };
  expect(mistakesWith(planted)).toEqual([]);
});

test("types and values are told apart in every form an import can have", () => {
  const source = `
    import a from "a"; import type b from "b"; import { type C } from "c"; import { type D, d } from "d";
    import * as e from "e"; import "f"; export { g } from "g"; export type { H } from "h"; import {} from "i";
    // import comment from "comment";
    const text = 'import string from "string"';`;
  const found = readImports(source).map(({ from, typeOnly }) => `${from}${typeOnly ? " type" : ""}`);
  expect(found).toEqual(["a", "b type", "c type", "d", "e", "f", "g", "h type", "i"]);
});
