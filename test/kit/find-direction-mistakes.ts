import path from "node:path";
import { type Import, readImports } from "./read-imports";
import { limits, type Room, rooms, slices } from "./rooms";

/** Files by their path below `src`, such as `access/decide.ts`. */
export type Sources = ReadonlyMap<string, string>;

interface Edge extends Import {
  file: string;
  /** A path below `src`, or the name of a package. */
  target: string;
  ours: boolean;
}

/** Every import that goes where it may not, as a sentence for the one who wrote it. Empty is good. */
export function findDirectionMistakes(sources: Sources): string[] {
  const edges = [...sources].flatMap(([file, source]) => edgesOf(file, source, sources));
  return [
    ...findUnknownRooms(sources),
    ...edges.flatMap((edge) => roomMistakes(edge)),
    ...edges.flatMap((edge) => layerMistakes(edge)),
    ...findImpure(sources, edges),
    ...findCycles(sources, edges),
  ];
}

function edgesOf(file: string, source: string, sources: Sources): Edge[] {
  return readImports(source).map((found) => {
    if (!found.from.startsWith(".")) return { ...found, file, target: found.from, ours: false };
    const written = path.posix.join(path.posix.dirname(file), found.from).replace(/\.js$/, "");
    const target = [`${written}.ts`, `${written}/index.ts`].find((name) => sources.has(name)) ?? written;
    return { ...found, file, target, ours: !target.startsWith("../") };
  });
}

function roomOf(file: string): Room {
  return file.split("/")[0] as Room;
}

function findUnknownRooms(sources: Sources): string[] {
  const found = new Set([...sources.keys()].map(roomOf));
  return [...found]
    .filter((room) => !rooms.includes(room))
    .map((room) => `${room}: this folder has no place in the order`);
}

function roomMistakes(edge: Edge): string[] {
  const [from, to] = [roomOf(edge.file), roomOf(edge.target)];
  if (!edge.ours || from === to) return edge.ours ? [] : packageMistakes(edge);
  const say = (why: string) => [`${edge.file} imports ${edge.target}: ${why}`];
  if (rooms.indexOf(to) > rooms.indexOf(from)) return say(`${to} comes after ${from}`);
  const [mine, theirs] = [limits[from] ?? {}, limits[to] ?? {}];
  if (theirs.seenBy && !theirs.seenBy.includes(from)) return say(`only ${theirs.seenBy.join(", ") || "nobody"} may`);
  if (theirs.lazy && !edge.lazy && !edge.typeOnly) return say(`${to} is loaded when it is needed, with import()`);
  if (mine.types?.includes(to)) return edge.typeOnly ? [] : say(`${from} sees only types of ${to}`);
  return mine.sees && !mine.sees.includes(to) ? say(`${from} does not see ${to}`) : [];
}

function packageMistakes(edge: Edge): string[] {
  if (edge.target === "stripe" && !edge.typeOnly && roomOf(edge.file) !== "stripe") {
    return [`${edge.file} imports stripe: only the room stripe holds the client, others its types`];
  }
  if (edge.target === "pg" && !["database", "local"].includes(roomOf(edge.file)) && !edge.typeOnly) {
    return [`${edge.file} imports pg: only the database room speaks to the driver`];
  }
  return [];
}

const layerOf = (file: string) => /\.(entity|store|loader|graphql)\.ts$/.exec(file)?.[1] ?? "verb";
const isPure = (file: string) => slices.has(roomOf(file)) && /\/(decide|plan-|read-|compare)[^/.]*\.ts$/.test(file);

// Nouns in a slice are tables and types (`grant.ts`, `reasons.ts`); a name that begins with one of these does something.
const isVerb = (file: string) =>
  slices.has(roomOf(file)) &&
  /\/(create|update|delete|find|get|list|check|grant|revoke|apply|record|queue|deliver|set|remove|run|open|register|see)-[^/.]*\.ts$/.test(
    file,
  );

/** Inside a slice the suffix is the layer: entity, store, verb, loader, graphql, from the bottom to the top. */
function layerMistakes(edge: Edge): string[] {
  if (edge.typeOnly || !slices.has(roomOf(edge.file))) return [];
  const [mine, theirs] = [layerOf(edge.file), edge.ours ? layerOf(edge.target) : "package"];
  const say = (why: string) => [`${edge.file} imports ${edge.target}: ${why}`];
  if (mine === "entity" && edge.target !== "typeorm") return say("an entity knows TypeORM and types, nothing else");
  if (mine !== "graphql" && theirs === "graphql") return say("only a graphql file stands on a graphql file");
  if (mine === "store" && edge.ours && theirs === "loader") return say("a store stands below its loader");
  if (mine === "store" && edge.ours && theirs === "verb" && isVerb(edge.target))
    return say("a store stands below verbs");
  return [];
}

const PURE_PACKAGES = new Set(["zod", "graphql", "node:net", "node:buffer"]);
const NEVER_PURE =
  /^(database|jobs|stripe|http|app|local|cli)\/|\.(store|entity|loader|graphql)\.ts$|^base\/(log|metrics)\.ts$/;

/** What decides and plans must not reach the world, not through others either. Types do not count. */
function findImpure(sources: Sources, edges: readonly Edge[]): string[] {
  return [...sources.keys()].filter(isPure).flatMap((start) => {
    const seen = new Set([start]);
    for (const file of seen) {
      for (const edge of edges.filter((candidate) => candidate.file === file && !candidate.typeOnly)) {
        const fine = edge.ours ? !NEVER_PURE.test(edge.target) : PURE_PACKAGES.has(edge.target);
        if (!fine) return [`${start} is pure by its name, but reaches ${edge.target} (through ${file})`];
        if (edge.ours && roomOf(edge.target) !== "base") seen.add(edge.target);
      }
    }
    return [];
  });
}

/** Files that need one another when they are loaded. Types may: they are gone by then. */
function findCycles(sources: Sources, edges: readonly Edge[]): string[] {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    if (edge.ours && !edge.typeOnly) next.set(edge.file, [...(next.get(edge.file) ?? []), edge.target]);
  }
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) cycles.push(`a cycle: ${[...trail.slice(trail.indexOf(file)), file].join(" -> ")}`);
    if (trail.includes(file) || done.has(file)) return;
    for (const target of next.get(file) ?? []) walk(target, [...trail, file]);
    done.add(file);
  };
  for (const file of sources.keys()) walk(file, []);
  return cycles;
}
