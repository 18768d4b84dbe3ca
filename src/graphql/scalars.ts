import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from "graphql";

const BYTES_MAX = 16 * 1024;
const DEPTH_MAX = 20;
// What JSON.stringify writes for NUL and for half of a surrogate pair, which PostgreSQL does not keep.
const UNKEEPABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;
const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})T(?:[01]\d|2[0-3]):\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;

export const DateTimeScalar = new GraphQLScalarType<Date, string>({
  name: "DateTime",
  description: 'A moment as in RFC 3339, always answered in UTC: "2026-11-20T10:00:00.000Z".',
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
  serialize: (value) => (value as Date).toISOString(),
  parseValue: readMoment,
  parseLiteral: (node) => atNode(node, () => readMoment(node.kind === Kind.STRING ? node.value : undefined)),
});

function readMoment(value: unknown): Date {
  const match = typeof value === "string" ? RFC_3339.exec(value) : null;
  const moment = match ? new Date(match[0]) : null;
  if (!match || !moment || !isWritable(moment) || match[1] === "0000" || !isCalendarDay(match)) {
    throw new GraphQLError('A DateTime is written as in RFC 3339: "2026-11-20T10:00:00Z".');
  }
  return moment;
}

/** An offset can lead out of the years that RFC 3339 has digits for; then we could not answer what we were told. */
function isWritable(moment: Date): boolean {
  return moment.getUTCFullYear() >= 1 && moment.getUTCFullYear() <= 9999;
}

/** JavaScript takes 30 February for 2 March; we do not. */
function isCalendarDay([, year, month, day]: RegExpExecArray): boolean {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

export type JsonObject = Record<string, unknown>;

export const JsonScalar = new GraphQLScalarType<JsonObject, JsonObject>({
  name: "JSON",
  description: "A JSON object of at most 16 KB.",
  serialize: (value) => value as JsonObject,
  parseValue: readObject,
  parseLiteral: (node, variables) => atNode(node, () => readObject(valueFromASTUntyped(node, variables))),
});

function readObject(value: unknown): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new GraphQLError("A JSON value here must be an object.");
  }
  if (depthOf(value) > DEPTH_MAX) throw new GraphQLError(`A JSON object may be nested ${DEPTH_MAX} levels deep.`);
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > BYTES_MAX) throw new GraphQLError("A JSON object may hold 16 KB.");
  if (UNKEEPABLE.test(text)) throw new GraphQLError("A JSON object cannot hold NUL or half a character.");
  return value as JsonObject;
}

/** Says where in the document the mistake is. */
function atNode<Value>(node: ValueNode, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof GraphQLError ? new GraphQLError(error.message, { nodes: node }) : error;
  }
}

function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== "object" || value === null || depth > DEPTH_MAX) return depth;
  return Math.max(depth + 1, ...Object.values(value).map((inner) => depthOf(inner, depth + 1)));
}
