import { Refusal } from "../base/refusal";
import type { ListOrder, Position, PositionType } from "../base/page";

/** A cursor names its list and its row's place in the order. It is opaque to callers, and checked when it comes back. */
export function writeCursor(order: ListOrder, position: Position): string {
  return Buffer.from(JSON.stringify([order.list, ...position])).toString("base64url");
}

const shapes: Record<PositionType, RegExp> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  timestamptz: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/,
  integer: /^\d{1,9}$/,
  // eslint-disable-next-line no-control-regex -- PostgreSQL keeps no NUL in a text.
  text: /^[^\0]{0,1000}$/s,
};

export function readCursor(order: ListOrder, cursor: string, field: string): Position {
  const [list, ...position] = parse(cursor);
  const fits =
    list === order.list &&
    position.length === order.columns.length &&
    order.columns.every(({ type }, index) => {
      const value = position[index];
      return typeof value === "string" && shapes[type].test(value);
    });
  if (!fits) throw new Refusal("INVALID_INPUT", { say: "This is not a cursor of this list.", field });
  return position as string[];
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
