import { Writable } from "node:stream";
import { systemClock } from "../../src/base/clock";
import { type Logger, openLog } from "../../src/base/log";
import { openMetrics } from "../../src/base/metrics";
import { Refusal } from "../../src/base/refusal";
import type { Limits } from "../../src/config/config";
import type { Context, Identity, Role } from "../../src/graphql/context";
import type { Identify, Knock } from "../../src/http/graphql";
import { type HttpParts, type HttpServer, startHttp } from "../../src/http/server";
import { makeSmallSchema, type SmallSchema } from "./small-schema";

export const limits: Limits = {
  bodyBytesMax: 20_000,
  tokensMax: 1_000,
  depthMax: 6,
  aliasesMax: 10,
  costMax: 2_000,
  requestMsMax: 5_000,
  requestsPerMinutePerKey: 1_000,
  requestsPerMinutePerUser: 1_000,
  requestsPerMinutePerAddress: 1_000,
  wrongCredentialsPerMinutePerAddress: 1_000,
  checkoutsPerMinutePerUser: 1_000,
  guestCheckoutsPerMinutePerAddress: 1_000,
  uploadBytesMax: 1_000_000,
  uploadQuotaBytes: 4_000_000,
  streamsPerKey: 3,
  streamsPerUser: 3,
};

export interface SmallServer extends HttpServer, SmallSchema {
  graphqlUrl: string;
  /** Every line that was logged, as it would be written. */
  logged: string[];
  /** Everybody who knocked, in order. */
  knocks: Knock[];
  log: Logger;
}

export interface SmallOptions extends Partial<Omit<HttpParts, "config">> {
  config?: Partial<HttpParts["config"]>;
  limits?: Partial<Limits>;
}

/** The HTTP room around a small schema: what is tested here holds whatever the schema says. */
export async function startSmallServer(options: SmallOptions = {}): Promise<SmallServer> {
  const small = makeSmallSchema();
  const logged: string[] = [];
  const log = openLog("debug", collect(logged));
  const knocks: Knock[] = [];
  const server = await startHttp({
    log,
    metrics: openMetrics(),
    schema: small.schema,
    identify: noting(knocks, identifyByRole),
    contextOf: ({ identity, requestId }) => emptyContext(identity, requestId, log),
    readyChecks: [],
    jwks: () => Promise.resolve({ keys: [{ kid: "one" }] }),
    wayOut: ({ path }) => ({ address: path, words: "Try again" }),
    ...options,
    config: {
      host: "127.0.0.1",
      port: 0,
      publicUrl: "http://127.0.0.1",
      localMode: false,
      trustedProxies: 0,
      ...options.config,
      limits: { ...limits, ...options.limits },
    },
  });
  return { ...server, ...small, graphqlUrl: `${server.url}/graphql`, logged, knocks, log };
}

export const bearer = (role: string) => ({ authorization: `Bearer ${role}` });

/** Here the credential is simply the name of its role. */
function identifyByRole({ authorization }: Knock): Promise<Identity> {
  const role = /^Bearer (PUBLISHABLE|READ|WRITE|ADMIN)$/.exec(authorization ?? "")?.[1];
  if (authorization === "Bearer TIRED") {
    throw new Refusal("RATE_LIMITED", { say: "Too many.", details: { retryAfterMs: 1_500 } });
  }
  if (!isServerRole(role)) throw new Refusal("UNAUTHENTICATED", { say: "Send a credential." });
  return Promise.resolve({ role, mode: "TEST", apiKeyId: "key", userId: null });
}

function isServerRole(role: string | undefined): role is Exclude<Role, "ANONYMOUS" | "USER"> {
  return role !== undefined;
}

function noting(knocks: Knock[], identify: Identify): Identify {
  return async (knock) => {
    knocks.push(knock);
    return identify(knock);
  };
}

function collect(lines: string[]): Writable {
  return new Writable({
    write(line: Buffer, _, done) {
      lines.push(line.toString());
      done();
    },
  });
}

const free = () => undefined;

/** The fields of the small schema look at nothing but their arguments. */
function emptyContext(identity: Identity, requestId: string, log: Logger): Context {
  const absent = (): never => {
    throw new Error("the small schema has no such part");
  };
  const parts: Record<string, unknown> = { identity, requestId, log, clock: systemClock, load: absent, charge: free };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a context without a database, on purpose
  return parts as unknown as Context;
}
