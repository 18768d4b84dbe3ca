import type { Rendered } from "../../stored";
import { beforeBasil } from "./before-basil";
import { beforeClover } from "./before-clover";
import { beforeDahlia } from "./before-dahlia";
import { beforeEndive } from "./before-endive";
import { beforeLatestCharge } from "./before-latest-charge";
import type { Lookup } from "./look-up";

/** What one version of the API changed, undone: per kind of object, the shape that it had before. */
export interface Step {
  /** The version that brought the new shape. */
  since: string;
  objects: Record<string, (object: Rendered, look: Lookup) => Rendered>;
}

// From new to old: each step takes what the one before it left.
const steps: readonly Step[] = [beforeEndive, beforeDahlia, beforeClover, beforeBasil, beforeLatestCharge];

/** An event's data in the shape of an older version. Only what is documented and touches this project is undone. */
export function atVersion(data: Rendered, version: string, look: Lookup): Rendered {
  const undone = steps.filter(({ since }) => version.slice(0, 10) < since);
  return undone.reduce((shape, step) => undoIn(shape, step, look), data);
}

function undoIn(object: Rendered, step: Step, look: Lookup): Rendered {
  const inside = Object.fromEntries(Object.entries(object).map(([name, value]) => [name, undo(value, step, look)]));
  const kind = object["object"];
  const change = typeof kind === "string" ? step.objects[kind] : undefined;
  return change ? change(inside, look) : inside;
}

function undo(value: unknown, step: Step, look: Lookup): unknown {
  if (Array.isArray(value)) return value.map((item) => undo(item, step, look));
  return isObject(value) ? undoIn(value, step, look) : value;
}

export function isObject(value: unknown): value is Rendered {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
