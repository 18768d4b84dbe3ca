import type { Setting } from "./settings";

/** Where the database is and how it is reached. */
export const databaseSettings = {
  DATABASE_URL: {
    meaning: "PostgreSQL 15 or newer, as `postgres://user:password@host:5432/database`.",
    default: null,
    whenEmpty: "The server does not start. Local mode never uses this database: see `LATCHKEY_LOCAL_DATABASE_URL`.",
    secret: true,
    required: true,
  },
  LATCHKEY_LOCAL_DATABASE_URL: {
    meaning:
      "A database for local mode, which migrates it, adds an administrator's key and fills it with the demo shop when it holds no products. Commands use it too while `DATABASE_URL` is empty.",
    default: null,
    whenEmpty: "Local mode keeps an embedded PostgreSQL under `LATCHKEY_DATA_DIR`.",
    secret: true,
  },
  LATCHKEY_DATABASE_OWNER_URL: {
    meaning:
      "The same database as the role that owns the schema, used for migrations only. It must not lead through a pooler in transaction mode.",
    default: null,
    whenEmpty: "Migrations run as the role of `DATABASE_URL`.",
    secret: true,
  },
  LATCHKEY_DATABASE_LISTEN_URL: {
    meaning:
      "The same database without a pooler in between, for notifications between replicas. With `LATCHKEY_DATABASE_POOLER=transaction` also for migrations, unless `LATCHKEY_DATABASE_OWNER_URL` is set.",
    default: null,
    whenEmpty: "Notifications use `DATABASE_URL`, which must then not lead through a pooler in transaction mode.",
    secret: true,
  },
  LATCHKEY_DATABASE_POOLER: {
    meaning:
      "`transaction` when `DATABASE_URL` leads through a pooler in transaction mode, such as PgBouncer. Servers then use no start-up parameters and no named statements there. Notifications and migrations go past it, so `LATCHKEY_DATABASE_LISTEN_URL` is required.",
    default: "none",
    whenEmpty: "`none`: `DATABASE_URL` leads to PostgreSQL itself, or through a pooler in session mode.",
  },
  LATCHKEY_DATABASE_CONNECTIONS: {
    meaning:
      "Connections that one process keeps at the most. Two of them (one below six) are kept free for access checks.",
    default: "10",
    whenEmpty: "10.",
    bounds: { min: 3, max: 500 },
  },
  LATCHKEY_DATABASE_WAIT_SECONDS: {
    meaning:
      "How long a process that starts waits for a database that does not answer, as during a restart of PostgreSQL. A wrong password or a missing database ends it at once.",
    default: "15",
    whenEmpty: "15 seconds.",
    bounds: { min: 0, max: 600 },
  },
} as const satisfies Record<string, Setting>;
