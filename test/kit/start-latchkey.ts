import { openLog } from "../../src/base/log";
import type { Mode } from "../../src/base/mode";
import { Bug } from "../../src/base/refusal";
import type { BackgroundOptions } from "../../src/app/background";
import { type RunningServer, start } from "../../src/app/start";
import type { Environment } from "../../src/config/environment";
import { readConfig } from "../../src/config/read-config";
import type { KeyRole } from "../../src/keys/api-key.entity";
import { createApiKey } from "../../src/keys/create-api-key";
import { type TestAnswer, type TestError, askGraphql } from "./ask-graphql";
import { behindPooler } from "./lead-through-pooler";
import { type TestClock, testClock } from "./test-clock";
import { type TestDatabase, createTestDatabase } from "./test-database";

export interface Latchkey {
  url: string;
  graphqlUrl: string;
  clock: TestClock;
  server: RunningServer;
  database: TestDatabase;
  /** What the server logged, a line each. */
  logged: string[];
  /** A key of this role, made once for each test server. */
  key(role: KeyRole, mode?: Mode): Promise<string>;
  /** A token that speaks for a user. */
  tokenOf(user: string, mode?: Mode): Promise<string>;
  /** Asks with an administrator's test key unless a credential is given. */
  ask(query: string, variables?: Record<string, unknown>, credential?: string): Promise<TestAnswer>;
  /** Asks, and fails the test unless there is data and no error. */
  get<Data = Record<string, never>>(
    query: string,
    variables?: Record<string, unknown>,
    credential?: string,
  ): Promise<Data>;
  /** Asks, and fails the test unless there is exactly one error. */
  refused(query: string, variables?: Record<string, unknown>, credential?: string): Promise<TestError>;
  /** Another process' server on the same database, as far as this one can tell. */
  replica(): Promise<Latchkey>;
  stop(): Promise<void>;
}

export interface Options {
  env?: Environment;
  localMode?: boolean;
  /** In local mode, the key that GraphiQL sends. */
  graphiqlKey?: string;
  clock?: TestClock;
  background?: BackgroundOptions;
  /** False: every query goes through the whole pipeline. */
  lane?: boolean;
}

export const TEST_SECRETS = {
  LATCHKEY_ENCRYPTION_KEY: "4f1c9b7de2a85306bd94e17c60fa3528ce7d19b04a6f83e5",
  LATCHKEY_PUBLIC_URL: "https://latchkey.test",
};

/** A server on a database of its own, asked over HTTP like any other. */
export async function startLatchkey(options: Options = {}): Promise<Latchkey> {
  const database = await createTestDatabase();
  try {
    const latchkey = await startLatchkeyOn(database, options);
    return { ...latchkey, stop: () => latchkey.stop().then(() => database.drop()) };
  } catch (error) {
    await database.drop();
    throw error;
  }
}

/** A server on a database that the test looks after. */
export async function startLatchkeyOn(database: TestDatabase, options: Options = {}): Promise<Latchkey> {
  const { env = {}, localMode = false, clock = testClock(), lane = true } = options;
  const logged: string[] = [];
  const log = openLog("info", { write: (line) => void logged.push(line) });
  const settings = behindPooler({
    ...TEST_SECRETS,
    PORT: "0",
    HOST: "127.0.0.1",
    // A connection takes PostgreSQL longer to open than a test usually needs it for.
    LATCHKEY_DATABASE_CONNECTIONS: "4",
    ...env,
    DATABASE_URL: env["DATABASE_URL"] ?? database.url,
  });
  const graphiql = options.graphiqlKey === undefined ? {} : { graphiqlKey: options.graphiqlKey };
  const server = await start({
    config: configOf(settings, localMode),
    databaseUrl: settings.DATABASE_URL,
    log,
    clock,
    lane,
    ...graphiql,
    ...(options.background && { background: options.background }),
  });
  const keys = new Map<string, Promise<string>>();
  const graphqlUrl = `${server.url}/graphql`;

  const key = (role: KeyRole, mode: Mode = "TEST") => {
    const name = `${role} ${mode}`;
    const made = keys.get(name) ?? makeKey(server, role, mode);
    keys.set(name, made);
    return made;
  };
  const ask: Latchkey["ask"] = async (query, variables = {}, credential) =>
    askGraphql(graphqlUrl, { query, variables }, { authorization: `Bearer ${credential ?? (await key("ADMIN"))}` });
  const get: Latchkey["get"] = async (query, variables, credential) => {
    const answer = await ask(query, variables, credential);
    if (answer.errors || !answer.data) throw new Bug(`no data: ${answer.text}`);
    return answer.data as never;
  };

  return {
    url: server.url,
    graphqlUrl,
    clock,
    server,
    database,
    logged,
    key,
    ask,
    get,
    refused: async (query, variables, credential) => {
      const { errors = [], text } = await ask(query, variables, credential);
      const [error] = errors;
      if (!error || errors.length > 1) throw new Bug(`wanted one refusal: ${text}`);
      return error;
    },
    tokenOf: async (user, mode = "TEST") => {
      const query = "mutation ($user: ID!) { createUserToken(user: $user) { token } }";
      const data = await get<{ createUserToken: { token: string } }>(query, { user }, await key("WRITE", mode));
      return data.createUserToken.token;
    },
    replica: () => startLatchkeyOn(database, options),
    stop: () => server.stop(),
  };
}

function configOf(env: Environment, localMode: boolean) {
  const read = readConfig(env, { localMode });
  if (!("config" in read)) throw new Bug(`the test's settings are wrong: ${JSON.stringify(read)}`);
  return read.config;
}

async function makeKey(server: RunningServer, role: KeyRole, mode: Mode): Promise<string> {
  const input = { name: `${role} of a test`, role, mode, expiresAt: null, createdBy: "test" };
  return (await createApiKey(server.deps, input)).secret;
}
