// Both generations of OpenTelemetry's names. Not among them: addresses, user agents, query strings (a GET carries the
// document and its variables there), headers, and the text of statements.
const TELLABLE = new Set([
  "http.method",
  "http.request.method",
  "http.status_code",
  "http.response.status_code",
  "http.flavor",
  "network.protocol.version",
  "http.scheme",
  "url.scheme",
  "url.path",
  "server.port",
  "db.system",
  "db.system.name",
  "db.name",
  "db.namespace",
  "db.operation.name",
  "db.query.summary",
  "error.type",
]);

type Attribute = string | number | boolean | object | undefined;

// Whoever has such an address has what it leads to. Written out, because nothing of ours may be loaded before tracing.
const TICKETS = ["/exports/", "/return/"];

/** What of a span may leave this machine. */
export function tellableAttributes<Value extends Attribute>(
  attributes: Record<string, Value>,
): Record<string, Value | string> {
  const told = Object.entries(attributes).filter(([name]) => TELLABLE.has(name));
  return Object.fromEntries(told.map(([name, value]) => [name, name === "url.path" ? withoutTicket(value) : value]));
}

function withoutTicket<Value extends Attribute>(value: Value): Value | string {
  const path = typeof value === "string" ? TICKETS.find((start) => value.startsWith(start)) : undefined;
  return path === undefined ? value : `${path}:ticket`;
}

const NAME = /^\s*\/\*\s*([\w.-]+)\s*\*\//;

/** Statements written by hand begin with their name in a comment. */
export function nameOfStatement(text: string): string | null {
  return NAME.exec(text)?.[1] ?? null;
}
