import { isIP } from "node:net";
import type { Environment, Mistake, Purpose } from "./environment";
import { nearestName } from "./nearest-name";
import { isLoopback } from "./read-value";
import { readWeakness } from "./read-weakness";
import { settingNames, settingOf, type SettingName } from "./settings";

type Given = Partial<Record<SettingName, string>>;

/** What a single value cannot show: settings that are missing, unknown, weak, or that contradict one another. */
export function findMistakes(env: Environment, given: Given, purpose: Purpose): Mistake[] {
  return [
    ...findUnknown(env),
    ...findMissing(given, purpose),
    ...findWeak(given, purpose),
    ...findPoolerWithoutWayPast(given),
    ...findHalfIdentityProvider(given),
    ...findLiveStripe(given, purpose),
    ...findExposedHost(given, purpose),
  ];
}

/** A typo in a name would otherwise be silent: the setting would have its default and nobody would know. */
function findUnknown(env: Environment): Mistake[] {
  const unknown = Object.keys(env).filter((name) => name.startsWith("LATCHKEY_") && !isSetting(name));
  return unknown.map((name) => {
    const shown = name.slice(0, 80).replace(/[^\w]/g, "?");
    const nearest = nearestName(shown, settingNames);
    const hint = nearest ? `Did you mean ${nearest}?` : "docs/settings.md lists them all.";
    return { setting: shown, problem: `There is no such setting. ${hint}` };
  });
}

function isSetting(name: string): boolean {
  return (settingNames as string[]).includes(name);
}

function findMissing(given: Given, purpose: Purpose): Mistake[] {
  if (purpose.localMode) return [];
  const required = settingNames.filter((name) => settingOf(name).required);
  const asked = purpose.databaseOnly ? required.filter((name) => name === "DATABASE_URL") : required;
  const missing = asked.filter((name) => given[name] === undefined);
  return missing.map((name) => ({
    setting: name,
    problem: `It is required outside local mode. ${settingOf(name).meaning}`,
  }));
}

function findWeak(given: Given, purpose: Purpose): Mistake[] {
  const mistakes: Mistake[] = [];
  const secrets = given.LATCHKEY_ENCRYPTION_KEY?.split(",").map((secret) => secret.trim()) ?? [];
  secrets.forEach((secret, index) => {
    const weakness = secret === "" ? "is empty: there is one comma too many" : weaknessOf(secret, purpose);
    const which = secrets.length > 1 ? `Secret ${index + 1} of ${secrets.length}` : "It";
    const remedy = "Use 32 random characters or more, for example from: openssl rand -base64 32";
    if (weakness) mistakes.push({ setting: "LATCHKEY_ENCRYPTION_KEY", problem: `${which} ${weakness}. ${remedy}` });
  });
  const random = /^lk_(?:test|live)_([A-Za-z0-9]{32,})$/.exec(given.LATCHKEY_BOOTSTRAP_KEY ?? "")?.[1];
  const weakness = random && weaknessOf(random, purpose);
  if (weakness) {
    const remedy = "Use lk_live_ or lk_test_ and the output of: openssl rand -hex 24";
    mistakes.push({ setting: "LATCHKEY_BOOTSTRAP_KEY", problem: `It ${weakness}. ${remedy}` });
  }
  return mistakes;
}

/** On somebody's own machine a weak secret guards nothing worth stealing. */
function weaknessOf(secret: string, purpose: Purpose): string | null {
  return purpose.localMode ? null : readWeakness(secret);
}

/** Notifications and the lock of migrations need a session, which a pooler in transaction mode does not keep. */
function findPoolerWithoutWayPast(given: Given): Mistake[] {
  const { LATCHKEY_DATABASE_POOLER: pooler, LATCHKEY_DATABASE_LISTEN_URL: direct } = given;
  if (pooler !== "transaction" || direct) return [];
  const problem =
    "It is required with LATCHKEY_DATABASE_POOLER=transaction: set it to an address of PostgreSQL itself, past the pooler.";
  return [{ setting: "LATCHKEY_DATABASE_LISTEN_URL", problem }];
}

function findHalfIdentityProvider(given: Given): Mistake[] {
  const { LATCHKEY_JWT_ISSUER: issuer, LATCHKEY_JWT_JWKS_URL: keys } = given;
  const { LATCHKEY_JWT_AUDIENCE: live, LATCHKEY_JWT_TEST_AUDIENCE: test } = given;
  if (!issuer && !keys && !live && !test) return [];
  const mistakes: Mistake[] = [];
  const rest = "An identity provider needs an issuer, a JWKS address and at least one audience.";
  if (!issuer) mistakes.push({ setting: "LATCHKEY_JWT_ISSUER", problem: `It is missing. ${rest}` });
  if (!keys) mistakes.push({ setting: "LATCHKEY_JWT_JWKS_URL", problem: `It is missing. ${rest}` });
  if (!live && !test) {
    const problem = `It is missing, and LATCHKEY_JWT_TEST_AUDIENCE too. ${rest}`;
    mistakes.push({ setting: "LATCHKEY_JWT_AUDIENCE", problem });
  }
  if (live && live === test) {
    const problem = "It must differ from LATCHKEY_JWT_AUDIENCE: the audience decides whether a token is live or test.";
    mistakes.push({ setting: "LATCHKEY_JWT_TEST_AUDIENCE", problem });
  }
  return mistakes;
}

/** Local mode hands its administrator's key to whoever opens its page on this machine. */
function findExposedHost(given: Given, purpose: Purpose): Mistake[] {
  const { HOST: host, LATCHKEY_LOCAL_MODE_ANY_HOST: anyHost } = given;
  if (!purpose.localMode || host === undefined || anyHost === "true") return [];
  if (isLoopback(isIP(host) === 6 ? `[${host}]` : host)) return [];
  const problem =
    "Other machines can reach it, and local mode is for this machine alone. Use 127.0.0.1, or set LATCHKEY_LOCAL_MODE_ANY_HOST=true in a container or a closed network.";
  return [{ setting: "HOST", problem }];
}

function findLiveStripe(given: Given, purpose: Purpose): Mistake[] {
  if (!purpose.localMode || !/^\w\w_live_/.test(given.STRIPE_SECRET_KEY ?? "")) return [];
  const problem = "It is a live key, and local mode never touches real money. Use a test key (sk_test_…).";
  return [{ setting: "STRIPE_SECRET_KEY", problem }];
}
