import { z } from "zod";
import { SECOND } from "../base/durations";
import { sealingKey } from "../base/sealing-key";
import type { Config, IdentityProvider, Limits } from "./config";
import type { Environment, Mistake, Purpose } from "./environment";
import { findMistakes } from "./find-mistakes";
import { readAllowedUrls } from "./read-allowed-urls";
import {
  readBootstrapKey,
  readDatabaseUrl,
  readHost,
  readLogLevel,
  readOrigin,
  readPoolerMode,
  readStripeKey,
  readSwitch,
  readWebhookSecret,
  readWebUrl,
  readWhole,
} from "./read-value";
import { readNotes } from "./read-notes";
import { settingNames, settingOf, settings, type SettingName } from "./settings";

/** The whole configuration with what an operator should know about it, or every mistake at once. */
export type ConfigReading =
  { ok: true; config: Config; notes: readonly string[] } | { ok: false; mistakes: readonly Mistake[] };

/** Pure: reads what it is given and nothing else. No mistake and no note ever holds a value of the environment. */
export function readConfig(env: Environment, purpose: Purpose): ConfigReading {
  const given = givenValues(env, purpose);
  const read = (purpose.localMode ? localShape : servedShape).safeParse({ ...defaultValues(), ...given });
  const mistakes = [...(read.error?.issues ?? []).map(toMistake), ...findMistakes(env, given, purpose)];
  if (!read.success || mistakes.length > 0) return { ok: false, mistakes };
  const config = toConfig(read.data, purpose);
  return { ok: true, config, notes: readNotes(config, unusedSettings(env, purpose)) };
}

/** What was set. Space around a value is never meant, least of all the line end of a mounted secret. */
function givenValues(env: Environment, purpose: Purpose): Partial<Record<SettingName, string>> {
  const unused = unusedSettings(env, purpose);
  const values = settingNames.map((name) => [name, env[name]?.trim()] as const);
  return Object.fromEntries(values.filter(([name, value]) => value && !unused.includes(name)));
}

/** A shell often exports these for another program. Local mode writes to a database, so it must be named for local mode. */
const SERVED_DATABASE = [
  "DATABASE_URL",
  "LATCHKEY_DATABASE_OWNER_URL",
  "LATCHKEY_DATABASE_LISTEN_URL",
  "LATCHKEY_DATABASE_POOLER",
] as const;

function unusedSettings(env: Environment, { localMode }: Purpose): SettingName[] {
  return localMode ? SERVED_DATABASE.filter((name) => env[name]?.trim()) : [];
}

function defaultValues(): Partial<Record<SettingName, string>> {
  const values = settingNames.map((name) => [name, settingOf(name).default] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== null));
}

function toMistake(issue: z.core.$ZodIssue): Mistake {
  return { setting: String(issue.path[0]), problem: issue.message };
}

function shapeOf({ localMode }: { localMode: boolean }) {
  return z.object({
    PORT: readWhole(settings.PORT.bounds),
    HOST: readHost.default(localMode ? "127.0.0.1" : "0.0.0.0"),
    LATCHKEY_LOCAL_MODE_ANY_HOST: readSwitch,
    DATABASE_URL: readDatabaseUrl.optional(),
    LATCHKEY_LOCAL_DATABASE_URL: readDatabaseUrl.optional(),
    LATCHKEY_DATABASE_OWNER_URL: readDatabaseUrl.optional(),
    LATCHKEY_DATABASE_LISTEN_URL: readDatabaseUrl.optional(),
    LATCHKEY_DATABASE_POOLER: readPoolerMode,
    LATCHKEY_DATABASE_CONNECTIONS: readWhole(settings.LATCHKEY_DATABASE_CONNECTIONS.bounds),
    LATCHKEY_DATABASE_WAIT_SECONDS: readWhole(settings.LATCHKEY_DATABASE_WAIT_SECONDS.bounds),
    LATCHKEY_DATA_DIR: z.string().refine((text) => !text.includes("\0"), "It must be the path of a folder."),
    LATCHKEY_BOOTSTRAP_KEY: readBootstrapKey.optional(),
    LATCHKEY_ENCRYPTION_KEY: z.string().default(""),
    LATCHKEY_PUBLIC_URL: readOrigin({ plain: localMode }).optional(),
    LATCHKEY_ALLOWED_URLS: readAllowedUrls.optional(),
    LATCHKEY_TRUSTED_PROXIES: readWhole(settings.LATCHKEY_TRUSTED_PROXIES.bounds),
    LOG_LEVEL: readLogLevel.default(localMode ? "warn" : "info"),
    LATCHKEY_JWT_ISSUER: readWebUrl({ plain: localMode }).optional(),
    LATCHKEY_JWT_JWKS_URL: readWebUrl({ plain: localMode }).optional(),
    LATCHKEY_JWT_AUDIENCE: z.string().optional(),
    LATCHKEY_JWT_TEST_AUDIENCE: z.string().optional(),
    LATCHKEY_JWT_TRUST_EMAIL_VERIFIED: readSwitch,
    ...limitShapes(),
    STRIPE_SECRET_KEY: readStripeKey.optional(),
    STRIPE_WEBHOOK_SECRET: readWebhookSecret.optional(),
    STRIPE_API_BASE: readWebUrl({ plain: localMode }).optional(),
    LATCHKEY_STRIPE_REQUESTS_PER_SECOND: readWhole(settings.LATCHKEY_STRIPE_REQUESTS_PER_SECOND.bounds).optional(),
    LATCHKEY_SIMULATED_STRIPE_PORT: readWhole(settings.LATCHKEY_SIMULATED_STRIPE_PORT.bounds).optional(),
    OTEL_EXPORTER_OTLP_ENDPOINT: readWebUrl({ plain: true }).optional(),
  } satisfies Record<SettingName, z.ZodType>);
}

function limitShapes() {
  return {
    LATCHKEY_BODY_BYTES_MAX: readWhole(settings.LATCHKEY_BODY_BYTES_MAX.bounds),
    LATCHKEY_TOKENS_MAX: readWhole(settings.LATCHKEY_TOKENS_MAX.bounds),
    LATCHKEY_DEPTH_MAX: readWhole(settings.LATCHKEY_DEPTH_MAX.bounds),
    LATCHKEY_ALIASES_MAX: readWhole(settings.LATCHKEY_ALIASES_MAX.bounds),
    LATCHKEY_COST_MAX: readWhole(settings.LATCHKEY_COST_MAX.bounds),
    LATCHKEY_REQUEST_MS_MAX: readWhole(settings.LATCHKEY_REQUEST_MS_MAX.bounds),
    LATCHKEY_REQUESTS_PER_MINUTE_PER_KEY: readWhole(settings.LATCHKEY_REQUESTS_PER_MINUTE_PER_KEY.bounds),
    LATCHKEY_REQUESTS_PER_MINUTE_PER_USER: readWhole(settings.LATCHKEY_REQUESTS_PER_MINUTE_PER_USER.bounds),
    LATCHKEY_REQUESTS_PER_MINUTE_PER_ADDRESS: readWhole(settings.LATCHKEY_REQUESTS_PER_MINUTE_PER_ADDRESS.bounds),
    LATCHKEY_WRONG_CREDENTIALS_PER_MINUTE_PER_ADDRESS: readWhole(
      settings.LATCHKEY_WRONG_CREDENTIALS_PER_MINUTE_PER_ADDRESS.bounds,
    ),
    LATCHKEY_CHECKOUTS_PER_MINUTE_PER_USER: readWhole(settings.LATCHKEY_CHECKOUTS_PER_MINUTE_PER_USER.bounds),
    LATCHKEY_GUEST_CHECKOUTS_PER_MINUTE_PER_ADDRESS: readWhole(
      settings.LATCHKEY_GUEST_CHECKOUTS_PER_MINUTE_PER_ADDRESS.bounds,
    ),
    LATCHKEY_UPLOAD_BYTES_MAX: readWhole(settings.LATCHKEY_UPLOAD_BYTES_MAX.bounds),
    LATCHKEY_UPLOAD_QUOTA_BYTES: readWhole(settings.LATCHKEY_UPLOAD_QUOTA_BYTES.bounds),
    LATCHKEY_STREAMS_PER_KEY: readWhole(settings.LATCHKEY_STREAMS_PER_KEY.bounds),
    LATCHKEY_STREAMS_PER_USER: readWhole(settings.LATCHKEY_STREAMS_PER_USER.bounds),
  };
}

const localShape = shapeOf({ localMode: true });
const servedShape = shapeOf({ localMode: false });

type Values = z.infer<typeof servedShape>;

function toConfig(values: Values, { localMode }: Purpose): Config {
  return {
    localMode,
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.LATCHKEY_PUBLIC_URL ?? listeningUrl(values.HOST, values.PORT),
    allowedUrls: values.LATCHKEY_ALLOWED_URLS ?? [],
    trustedProxies: values.LATCHKEY_TRUSTED_PROXIES,
    dataDir: values.LATCHKEY_DATA_DIR,
    logLevel: values.LOG_LEVEL,
    database: {
      url: (localMode ? values.LATCHKEY_LOCAL_DATABASE_URL : values.DATABASE_URL) ?? null,
      ownerUrl: values.LATCHKEY_DATABASE_OWNER_URL ?? null,
      listenUrl: values.LATCHKEY_DATABASE_LISTEN_URL ?? null,
      pooler: values.LATCHKEY_DATABASE_POOLER,
      connectionsMax: values.LATCHKEY_DATABASE_CONNECTIONS,
      startWaitMs: values.LATCHKEY_DATABASE_WAIT_SECONDS * SECOND,
    },
    bootstrapKey: values.LATCHKEY_BOOTSTRAP_KEY ?? null,
    sealingKeys: splitSecrets(values.LATCHKEY_ENCRYPTION_KEY).map(sealingKey),
    identityProvider: toIdentityProvider(values),
    limits: toLimits(values),
    stripe: {
      secretKey: values.STRIPE_SECRET_KEY ?? null,
      webhookSecret: values.STRIPE_WEBHOOK_SECRET ?? null,
      apiBase: values.STRIPE_API_BASE ?? null,
      requestsPerSecond: values.LATCHKEY_STRIPE_REQUESTS_PER_SECOND ?? null,
    },
    simulatedStripePort: values.LATCHKEY_SIMULATED_STRIPE_PORT ?? null,
    otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
  };
}

function splitSecrets(text: string): string[] {
  return text === "" ? [] : text.split(",").map((secret) => secret.trim());
}

/** Someone who listens on every address can at least be reached through this machine's own. */
function listeningUrl(host: string, port: number): string {
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

function toIdentityProvider(values: Values): IdentityProvider | null {
  if (!values.LATCHKEY_JWT_ISSUER || !values.LATCHKEY_JWT_JWKS_URL) return null;
  return {
    issuer: values.LATCHKEY_JWT_ISSUER,
    jwksUrl: values.LATCHKEY_JWT_JWKS_URL,
    liveAudience: values.LATCHKEY_JWT_AUDIENCE ?? null,
    testAudience: values.LATCHKEY_JWT_TEST_AUDIENCE ?? null,
    trustsEmailVerified: values.LATCHKEY_JWT_TRUST_EMAIL_VERIFIED,
  };
}

function toLimits(values: Values): Limits {
  return {
    bodyBytesMax: values.LATCHKEY_BODY_BYTES_MAX,
    tokensMax: values.LATCHKEY_TOKENS_MAX,
    depthMax: values.LATCHKEY_DEPTH_MAX,
    aliasesMax: values.LATCHKEY_ALIASES_MAX,
    costMax: values.LATCHKEY_COST_MAX,
    requestMsMax: values.LATCHKEY_REQUEST_MS_MAX,
    requestsPerMinutePerKey: values.LATCHKEY_REQUESTS_PER_MINUTE_PER_KEY,
    requestsPerMinutePerUser: values.LATCHKEY_REQUESTS_PER_MINUTE_PER_USER,
    requestsPerMinutePerAddress: values.LATCHKEY_REQUESTS_PER_MINUTE_PER_ADDRESS,
    wrongCredentialsPerMinutePerAddress: values.LATCHKEY_WRONG_CREDENTIALS_PER_MINUTE_PER_ADDRESS,
    checkoutsPerMinutePerUser: values.LATCHKEY_CHECKOUTS_PER_MINUTE_PER_USER,
    guestCheckoutsPerMinutePerAddress: values.LATCHKEY_GUEST_CHECKOUTS_PER_MINUTE_PER_ADDRESS,
    uploadBytesMax: values.LATCHKEY_UPLOAD_BYTES_MAX,
    uploadQuotaBytes: values.LATCHKEY_UPLOAD_QUOTA_BYTES,
    streamsPerKey: values.LATCHKEY_STREAMS_PER_KEY,
    streamsPerUser: values.LATCHKEY_STREAMS_PER_USER,
  };
}
