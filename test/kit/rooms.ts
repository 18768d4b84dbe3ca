/** The folders of `src` in their order: a room sees those before it, never those after. See decision record 1. */
export const rooms = [
  "base",
  "config",
  "database",
  "jobs",
  "graphql",
  "stripe",
  "idempotency",
  "activities",
  "outbox",
  "keys",
  "users",
  "tokens",
  "products",
  "resources",
  "connections",
  "links",
  "access",
  "clock",
  "decisions",
  "journal",
  "work",
  "projection",
  "customers",
  "setup",
  "checkout",
  "portal",
  "surveys",
  "imports",
  "user-lists",
  "exports",
  "reconciliation",
  "http",
  "local",
  "app",
  "cli",
] as const;

export type Room = (typeof rooms)[number];

/** Rooms that are nouns of the product, as opposed to what they stand on and what puts them together. */
export const slices: ReadonlySet<string> = new Set(
  rooms.slice(rooms.indexOf("idempotency"), rooms.indexOf("reconciliation") + 1),
);

interface Limit {
  /** Only these, although others come before it. */
  sees?: readonly Room[];
  /** Of these it sees types, which are gone when the program runs. */
  types?: readonly Room[];
  /** Only these look at it, although others come after it. */
  seenBy?: readonly Room[];
  /** Loaded when it is needed, not at start. */
  lazy?: true;
}

export const limits: Partial<Record<Room, Limit>> = {
  database: { sees: ["base"], types: ["config"] },
  jobs: { sees: ["base", "database"], types: ["config"] },
  graphql: { sees: ["base", "database"], types: ["config"] },
  stripe: {
    sees: ["base", "database"],
    types: ["config"],
    seenBy: [
      "connections",
      "projection",
      "customers",
      "setup",
      "checkout",
      "portal",
      "surveys",
      "imports",
      "user-lists",
      "reconciliation",
      "http",
      "app",
      "cli",
    ],
  },
  http: { seenBy: ["app"] },
  local: { sees: ["base"], types: ["stripe"], seenBy: ["cli"], lazy: true },
  app: { seenBy: ["cli"] },
  cli: { seenBy: [] },
};
