import type { Draft } from "./draft";
import { type AnyKind, isTable, kindOf } from "./kind";
import { invalid } from "./refuse";
import type { Rendered } from "./stored";
import type { TableName } from "./tables";

const DEEPEST = 4;

/** Puts objects in the place of ids, and lists that are left out by default, as `expand` asks: `data.product`. */
export function expandAnswer(draft: Draft, answer: Rendered, paths: readonly string[]): Rendered {
  return paths.reduce((expanded, path) => expandPath(draft, expanded, path), answer);
}

function expandPath(draft: Draft, answer: Rendered, path: string): Rendered {
  const segments = path.split(".");
  if (segments.at(-1) === "total_count") {
    throw invalid("The total_count property can no longer be included.", {
      code: "property_forbidden",
      param: "expand",
    });
  }
  if (segments.length > DEEPEST) {
    throw invalid(`You cannot expand more than ${DEEPEST} levels of a property. Property: ${path}`, {
      param: "expand",
    });
  }
  return walkObject(
    enter({ draft, path, kind: null, inside: "" }, answer),
    answer,
    segments[0] ?? "",
    segments.slice(1),
  );
}

interface Place {
  draft: Draft;
  path: string;
  /** The kind of the object we are in, and the dotted path inside it. */
  kind: AnyKind | null;
  inside: string;
}

function walk(place: Place, value: unknown, segments: string[]): unknown {
  const [name, ...rest] = segments;
  if (name === undefined || value === null || value === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => walk(place, item, segments));
  if (!isObject(value)) throw notExpandable(place.path);
  return walkObject(enter(place, value), value, name, rest);
}

function walkObject(place: Place, object: Rendered, name: string, rest: string[]): Rendered {
  if (object["deleted"] === true) return object;
  if (object["object"] === "list" && name === "data") return { ...object, data: walk(place, object["data"], rest) };
  const inside = place.inside ? `${place.inside}.${name}` : name;
  const include = place.kind?.includes?.[inside];
  const here = object[name] ?? (include ? included(place, object, include) : undefined);
  const table = place.kind?.expands?.[inside];
  if (here === undefined && !table) throw notExpandable(place.path);
  if (rest.length === 0 && !table && !include && !isObject(here)) throw notExpandable(place.path);
  const there = table ? expandIds(place.draft, table, here) : here;
  return { ...object, [name]: walk({ ...place, inside }, there ?? null, rest) };
}

function enter(place: Place, object: Rendered): Place {
  const name = object["object"];
  if (typeof name !== "string" || !isTable(place.draft.kinds, name)) return place;
  return { ...place, kind: kindOf(place.draft.kinds, name), inside: "" };
}

function included({ draft }: Place, object: Rendered, include: NonNullable<AnyKind["includes"]>[string]): unknown {
  const { object: name, id } = object;
  const known = typeof name === "string" && isTable(draft.kinds, name) && typeof id === "string";
  const row = known ? draft.find(name, id) : null;
  return row ? include(row, draft) : undefined;
}

function expandIds(draft: Draft, table: TableName, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => expandIds(draft, table, item));
  return typeof value === "string" ? (draft.renderById(table, value) ?? value) : value;
}

function isObject(value: unknown): value is Rendered {
  return typeof value === "object" && value !== null;
}

function notExpandable(path: string): Error {
  const message = `This property cannot be expanded (${path}). You may want to try expanding a different property.`;
  return invalid(message, { param: "expand" });
}
