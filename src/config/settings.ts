import { databaseSettings } from "./database-settings";

/** One line of the table of settings. The page in the docs is generated from it, and so are the hints for typos. */
export interface Setting {
  meaning: string;
  /** The value that an empty setting has, as it would be written; null when there is none. */
  default: string | null;
  whenEmpty: string;
  /** Its value is never shown, in no message and no log. */
  secret?: true;
  /** `latchkey serve` refuses to start without it. */
  required?: true;
  /** Both ends are allowed. */
  bounds?: { min: number; max: number };
}

/** Every setting there is. An empty value and no value are the same. */
export const settings = {
  PORT: {
    meaning: "The port to listen on; 0 takes any free one.",
    default: "4000",
    whenEmpty: "4000.",
    bounds: { min: 0, max: 65_535 },
  },
  HOST: {
    meaning: "The address to listen on.",
    default: null,
    whenEmpty: "127.0.0.1 in local mode, 0.0.0.0 otherwise.",
  },
  LATCHKEY_LOCAL_MODE_ANY_HOST: {
    meaning:
      "`true` lets local mode listen on a `HOST` that other machines can reach. Local mode is open to whoever reaches it; use it in a container or a closed network only.",
    default: "false",
    whenEmpty: "Local mode refuses a `HOST` that is not this machine itself.",
  },
  ...databaseSettings,
  LATCHKEY_DATA_DIR: {
    meaning: "Where local mode keeps its database and its secrets.",
    default: ".latchkey",
    whenEmpty: "`.latchkey` in the current folder.",
  },
  LATCHKEY_BOOTSTRAP_KEY: {
    meaning:
      "An administrator's API key, registered at start when it is not known yet: `lk_test_` or `lk_live_` and at least 32 letters and digits.",
    default: null,
    whenEmpty: "Local mode makes one and keeps it; otherwise the first key comes from `latchkey keys create`.",
    secret: true,
  },
  LATCHKEY_ENCRYPTION_KEY: {
    meaning:
      "Seals the secrets in the database: at least 32 random characters, for example from `openssl rand -base64 32`. Several, separated by commas: the first seals, all of them open.",
    default: null,
    whenEmpty: "Local mode makes one and keeps it; otherwise the server does not start.",
    secret: true,
    required: true,
  },
  LATCHKEY_PUBLIC_URL: {
    meaning: "The origin under which others reach this server, such as `https://access.shop.example`.",
    default: null,
    whenEmpty: "The address that it listens on, which only this machine can open.",
  },
  LATCHKEY_ALLOWED_URLS: {
    meaning:
      "Where people may be sent back to: origins such as `https://shop.example` and app schemes such as `shopapp://`, separated by commas.",
    default: null,
    whenEmpty:
      "Requests that name such an address are refused. Local mode also allows every page of this machine itself.",
  },
  LATCHKEY_TRUSTED_PROXIES: {
    meaning:
      "Number of trusted reverse proxies whose `X-Forwarded-For` is used. Limits by address count IPv6 callers by their /64 network.",
    default: "0",
    whenEmpty: "0: the address of a caller is the other end of the connection.",
    bounds: { min: 0, max: 10 },
  },
  LOG_LEVEL: {
    meaning: "`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.",
    default: null,
    whenEmpty: "`warn` in local mode, `info` otherwise.",
  },
  LATCHKEY_JWT_ISSUER: {
    meaning:
      "The `iss` of your own identity provider's tokens, which then are user tokens here. Compared to the letter. Identity and access tokens are accepted (`typ` absent, `JWT` or `at+jwt`), refresh and logout tokens are not.",
    default: null,
    whenEmpty: "Only user tokens of our own are accepted.",
  },
  LATCHKEY_JWT_JWKS_URL: {
    meaning: "Where the identity provider publishes its public keys.",
    default: null,
    whenEmpty: "Only user tokens of our own are accepted.",
  },
  LATCHKEY_JWT_AUDIENCE: {
    meaning: "The `aud` of tokens that speak in live mode.",
    default: null,
    whenEmpty: "No token of the identity provider speaks in live mode.",
  },
  LATCHKEY_JWT_TEST_AUDIENCE: {
    meaning: "The `aud` of tokens that speak in test mode.",
    default: null,
    whenEmpty: "No token of the identity provider speaks in test mode.",
  },
  LATCHKEY_JWT_TRUST_EMAIL_VERIFIED: {
    meaning:
      "`true`: the boolean claim `email_verified: true` of this issuer proves the address in `email`. The person then gets " +
      "what was bought with that address. Switch it on only if the issuer sends every address a confirmation itself.",
    default: "false",
    whenEmpty: "`false`: addresses in tokens are ignored; only a WRITE key proves one.",
  },
  LATCHKEY_BODY_BYTES_MAX: {
    meaning: "Bytes in a request's body.",
    default: "100000",
    whenEmpty: "100 kB.",
    bounds: { min: 1_000, max: 50_000_000 },
  },
  LATCHKEY_UPLOAD_BYTES_MAX: {
    meaning: "Bytes in a file that is uploaded to `/imports/users`, after decompression.",
    default: "1000000000",
    whenEmpty: "1 GB.",
    bounds: { min: 1_000, max: 100_000_000_000 },
  },
  LATCHKEY_UPLOAD_QUOTA_BYTES: {
    meaning:
      "Bytes of uploaded lists that are kept for one API key until their imports end. All keys of a mode together may have four times as much.",
    default: "4000000000",
    whenEmpty: "4 GB.",
    bounds: { min: 1_000, max: 400_000_000_000 },
  },
  LATCHKEY_TOKENS_MAX: {
    meaning: "Words and marks in a GraphQL document.",
    default: "4000",
    whenEmpty: "4000.",
    bounds: { min: 100, max: 100_000 },
  },
  LATCHKEY_DEPTH_MAX: {
    meaning: "Levels of fields in a GraphQL document.",
    default: "12",
    whenEmpty: "12.",
    bounds: { min: 3, max: 100 },
  },
  LATCHKEY_ALIASES_MAX: {
    meaning: "Aliases in a GraphQL document.",
    default: "100",
    whenEmpty: "100.",
    bounds: { min: 1, max: 10_000 },
  },
  LATCHKEY_COST_MAX: {
    meaning:
      "Cost of an operation: about one for each field of each row that it could answer with, and more for fields that write (100), sign (200), read much (500) or reach Stripe (1000).",
    default: "25000",
    whenEmpty: "25000.",
    bounds: { min: 100, max: 10_000_000 },
  },
  LATCHKEY_REQUEST_MS_MAX: {
    meaning: "Milliseconds after which a request is given up.",
    default: "15000",
    whenEmpty: "15 seconds.",
    bounds: { min: 100, max: 600_000 },
  },
  LATCHKEY_REQUESTS_PER_MINUTE_PER_KEY: {
    meaning:
      "Requests a minute with one API key. A server's key speaks for a whole application, so this is generous. An operation counts as one request, and as one more for each further 100 of its cost.",
    default: "600000",
    whenEmpty: "600000.",
    bounds: { min: 1, max: 100_000_000 },
  },
  LATCHKEY_REQUESTS_PER_MINUTE_PER_USER: {
    meaning: "Requests a minute with the tokens of one user.",
    default: "1200",
    whenEmpty: "1200.",
    bounds: { min: 1, max: 100_000_000 },
  },
  LATCHKEY_REQUESTS_PER_MINUTE_PER_ADDRESS: {
    meaning:
      "Requests a minute from one address with publishable keys. Behind a proxy, set `LATCHKEY_TRUSTED_PROXIES`, or all visitors share one address.",
    default: "3000",
    whenEmpty: "3000.",
    bounds: { min: 1, max: 100_000_000 },
  },
  LATCHKEY_WRONG_CREDENTIALS_PER_MINUTE_PER_ADDRESS: {
    meaning: "Wrong keys and tokens a minute from one address, after which the address has to wait.",
    default: "300",
    whenEmpty: "300.",
    bounds: { min: 1, max: 100_000_000 },
  },
  LATCHKEY_CHECKOUTS_PER_MINUTE_PER_USER: {
    meaning:
      "New checkouts a minute that one user's tokens may open. One that is open already is given again, uncounted.",
    default: "30",
    whenEmpty: "30.",
    bounds: { min: 1, max: 1_000_000 },
  },
  LATCHKEY_GUEST_CHECKOUTS_PER_MINUTE_PER_ADDRESS: {
    meaning:
      "New checkouts a minute that guests may open from one address. Behind a proxy, `LATCHKEY_TRUSTED_PROXIES` decides whose address it is.",
    default: "60",
    whenEmpty: "60.",
    bounds: { min: 1, max: 1_000_000 },
  },
  LATCHKEY_STREAMS_PER_KEY: {
    meaning: "Subscriptions that one API key may hold open at once, in each replica.",
    default: "200",
    whenEmpty: "200.",
    bounds: { min: 1, max: 100_000 },
  },
  LATCHKEY_STREAMS_PER_USER: {
    meaning: "Subscriptions that the tokens of one user may hold open at once, in each replica.",
    default: "10",
    whenEmpty: "10.",
    bounds: { min: 1, max: 10_000 },
  },
  STRIPE_SECRET_KEY: {
    meaning: "A secret or restricted key of a Stripe account: `sk_…` or `rk_…`. Local mode refuses a live one.",
    default: null,
    whenEmpty: "Local mode starts a simulated Stripe; otherwise no account is connected until `connectStripe` does it.",
    secret: true,
  },
  STRIPE_WEBHOOK_SECRET: {
    meaning: "The signing secret of the webhook endpoint of that account: `whsec_…`.",
    default: null,
    whenEmpty:
      "We make the endpoint in Stripe ourselves, if `LATCHKEY_PUBLIC_URL` is an address that Stripe can reach; otherwise our endpoint does not exist (404).",
    secret: true,
  },
  STRIPE_API_BASE: {
    meaning: "Another address for Stripe's API, for a simulated Stripe.",
    default: null,
    whenEmpty: "Stripe's own.",
  },
  LATCHKEY_STRIPE_REQUESTS_PER_SECOND: {
    meaning:
      "Requests a second that Stripe allows an account, if it was told another number than others. Imports and reconciliations take 60 % of it at the most.",
    default: null,
    whenEmpty: "100 in live mode and 25 in test mode, as Stripe says.",
    bounds: { min: 1, max: 100_000 },
  },
  LATCHKEY_SIMULATED_STRIPE_PORT: {
    meaning: "Where the simulated Stripe of local mode listens; 0 takes any free port.",
    default: null,
    whenEmpty: "The port after `PORT`, or any free one if that is taken.",
    bounds: { min: 0, max: 65_535 },
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    meaning: "Where OpenTelemetry traces are sent (OTLP over HTTP).",
    default: null,
    whenEmpty: "No traces are made.",
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

export const settingNames = Object.keys(settings) as SettingName[];

/** The same table with its optional columns filled in, for those who read it as a whole. */
export function settingOf(name: SettingName): Setting {
  return settings[name];
}
