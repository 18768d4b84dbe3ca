import type { LogLevel } from "../base/log";
import type { SealingKey } from "../base/sealing-key";

/** Everything that the environment decides, read once. No other file looks at the environment. */
export interface Config {
  /** True on somebody's own machine: secrets may be made for them, introspection is open, no Stripe is needed. */
  localMode: boolean;
  host: string;
  port: number;
  publicUrl: string;
  allowedUrls: readonly string[];
  /** How many proxies in front of us may be believed when they say whom they speak for. */
  trustedProxies: number;
  dataDir: string;
  logLevel: LogLevel;
  database: {
    /** Null in local mode: an embedded PostgreSQL under `dataDir`. */
    url: string | null;
    /** The role that owns the schema, when it is not the one that serves. */
    ownerUrl: string | null;
    /** A direct connection for notifications, when `url` goes through a pooler. */
    listenUrl: string | null;
    /** The kind of pooler between `url` and PostgreSQL. */
    pooler: PoolerMode;
    connectionsMax: number;
    /** How long a start waits for a database that does not answer. */
    startWaitMs: number;
  };
  bootstrapKey: string | null;
  /** The first one seals; the others still open what they sealed. */
  sealingKeys: readonly SealingKey[];
  identityProvider: IdentityProvider | null;
  limits: Limits;
  stripe: {
    secretKey: string | null;
    webhookSecret: string | null;
    apiBase: string | null;
    /** What Stripe allows an account; null: what it allows everybody. */
    requestsPerSecond: number | null;
  };
  /** Empty: beside our own port. Local mode only. */
  simulatedStripePort: number | null;
  otlpEndpoint: string | null;
}

/** How a pooler before the database gives out connections: "none" also where sessions keep theirs. */
export type PoolerMode = "none" | "transaction";

/** Whose JWTs are user tokens here. The audience that a token was issued for decides its mode. */
export interface IdentityProvider {
  issuer: string;
  jwksUrl: string;
  liveAudience: string | null;
  testAudience: string | null;
  /** Its `email_verified: true` proves an address. */
  trustsEmailVerified: boolean;
}

export interface Limits {
  bodyBytesMax: number;
  tokensMax: number;
  depthMax: number;
  aliasesMax: number;
  costMax: number;
  requestMsMax: number;
  requestsPerMinutePerKey: number;
  requestsPerMinutePerUser: number;
  /** With publishable keys, which anybody may hold. */
  requestsPerMinutePerAddress: number;
  wrongCredentialsPerMinutePerAddress: number;
  checkoutsPerMinutePerUser: number;
  guestCheckoutsPerMinutePerAddress: number;
  /** Of one file that is brought, after decoding. */
  uploadBytesMax: number;
  /** Bytes that all lists of one key may take up together. */
  uploadQuotaBytes: number;
  /** Open at once, in each replica. */
  streamsPerKey: number;
  streamsPerUser: number;
}
