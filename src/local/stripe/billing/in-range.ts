import type { Range } from "../list-page";

/** For times that have no index: whether one lies within what a list was asked for. */
export function inRange(time: number | null, range: Range): boolean {
  if (range === undefined || range === null) return true;
  if (time === null) return false;
  if (typeof range === "number") return time === range;
  const { gt, gte, lt, lte } = range;
  return time > (gt ?? -Infinity) && time >= (gte ?? -Infinity) && time < (lt ?? Infinity) && time <= (lte ?? Infinity);
}
