import { DAY, MINUTE, SECOND } from "../../base/durations";
import { toPublicId } from "../../base/ids";
import type { Mode } from "../../base/mode";
import type { Mistake } from "../../config/environment";
import type { SchemaState } from "../../database/check-schema";
import type { DatabaseServer } from "../../database/read-server";
import type { ApiKeyEntity } from "../../keys/api-key.entity";
import { type Setup, decideSetupSteps } from "../../setup/decide-setup-steps";
import type { LinkStanding, StillJob } from "../../setup/standing.store";
import type { StripeSeen } from "./look-at-stripe";
import type { Finding, FindingState } from "./finding";

// Pure: what was seen comes in, and what it means goes out. Stripe refuses to be five minutes away from us, and we it.

const AHEAD_WARNING_MS = 5 * SECOND;
const AHEAD_WRONG_MS = MINUTE;
const EXPIRES_SOON_MS = 14 * DAY;

function finding(check: string, state: FindingState, found: string, fix: string | null = null): Finding {
  return { check, state, mode: null, found, fix };
}

export function decideSettings(seen: {
  localMode: boolean;
  mistakes: readonly Mistake[];
  notes: readonly string[];
}): Finding[] {
  const { localMode, mistakes, notes } = seen;
  const wrong = mistakes.map(({ setting, problem }) =>
    finding("settings", "WRONG", `${setting}: ${problem}`, `Set ${setting} in the environment of the server.`),
  );
  const perhaps = notes.map((note) => finding("settings", "WARNING", note, "docs/settings.md says what it is for."));
  if (wrong.length + perhaps.length > 0) return [...wrong, ...perhaps];
  const where = localMode ? "local mode" : "for others";
  return [finding("settings", "OK", `They are complete and fit together (${where}).`)];
}

export type DatabaseSeen =
  | { trouble: string; fix: string }
  | {
      server: DatabaseServer;
      schema: SchemaState;
      /** Tables that this role may not use as serving has to. */
      missingRights: readonly string[];
      /** Why the role that owns the schema cannot be reached; null: it can, or there is none beside this one. */
      ownerTrouble: string | null;
      hasOwner: boolean;
      /** Why notices do not arrive; null: they do. */
      noticeTrouble: string | null;
    };

export function decideDatabase(seen: DatabaseSeen, oldestServer: number): Finding[] {
  if ("trouble" in seen) return [finding("database", "WRONG", seen.trouble, seen.fix)];
  const { server, schema, missingRights, ownerTrouble, hasOwner, noticeTrouble } = seen;
  const isOld = server.versionNumber < oldestServer * 10_000;
  return [
    isOld
      ? finding(
          "database",
          "WRONG",
          `It is PostgreSQL ${server.version}, which is too old.`,
          `Bring it to PostgreSQL ${oldestServer} or newer.`,
        )
      : finding("database", "OK", `PostgreSQL ${server.version} answers, as the role ${server.role}.`),
    schema.state === "CURRENT"
      ? finding("schema", "OK", "It is the one of this build.")
      : finding("schema", "WRONG", firstSentence(schema.advice), restOf(schema.advice)),
    ...(schema.state === "CURRENT" ? [decideRights(server.role, missingRights)] : []),
    ...(hasOwner ? [decideOwner(ownerTrouble)] : []),
    noticeTrouble === null
      ? finding("notices", "OK", "Notices between servers arrive.")
      : finding(
          "notices",
          "WRONG",
          noticeTrouble,
          "Let LATCHKEY_DATABASE_LISTEN_URL lead to PostgreSQL itself, past any pooler in transaction mode.",
        ),
    decideClock("clock_database", "PostgreSQL", server.aheadMs),
  ];
}

function decideRights(role: string, missing: readonly string[]): Finding {
  if (missing.length === 0) return finding("rights", "OK", "The role may do what serving needs.");
  const shown = missing.slice(0, 5).join(", ") + (missing.length > 5 ? ` and ${missing.length - 5} more` : "");
  return finding(
    "rights",
    "WRONG",
    `The role ${role} lacks rights on ${shown}.`,
    "Run `latchkey migrate` with LATCHKEY_DATABASE_OWNER_URL set: it gives this role what it needs.",
  );
}

function decideOwner(trouble: string | null): Finding {
  if (trouble === null) return finding("owner", "OK", "The role that owns the schema can be reached.");
  return finding("owner", "WRONG", trouble, "Mend LATCHKEY_DATABASE_OWNER_URL: migrations run with it.");
}

export function decideClock(check: string, whose: string, aheadMs: number): Finding {
  const far = Math.abs(aheadMs);
  const by = `${whose}'s clock is ${(far / SECOND).toFixed(1)} s ${aheadMs > 0 ? "ahead of" : "behind"} ours.`;
  const fix = "Let both machines take their time from the network (NTP): signatures and ends of access depend on it.";
  if (far > AHEAD_WRONG_MS) return finding(check, "WRONG", by, fix);
  if (far > AHEAD_WARNING_MS) return finding(check, "WARNING", by, fix);
  return finding(check, "OK", `${whose}'s clock agrees with ours.`);
}

export function decideSeals(seen: { total: number; older: number; closed: number }): Finding {
  const { total, older, closed } = seen;
  if (closed > 0) {
    return finding(
      "encryption",
      "WRONG",
      `${closed} of ${total} secrets do not open with any of our keys.`,
      "Put the key that sealed them into LATCHKEY_ENCRYPTION_KEY, behind the first one and a comma.",
    );
  }
  if (older > 0) {
    return finding(
      "encryption",
      "WARNING",
      `${older} of ${total} secrets are sealed with a key that is not the first one.`,
      "Run `latchkey keys reseal`; then the older keys can go.",
    );
  }
  return finding("encryption", "OK", total === 0 ? "Nothing is sealed yet." : `All ${total} secrets open.`);
}

export function decideKeys(
  keys: readonly Pick<ApiKeyEntity, "id" | "expiresAt" | "revokedAt">[],
  now: Date,
): Finding[] {
  const endOf = ({ expiresAt }: Pick<ApiKeyEntity, "expiresAt">) => (expiresAt ? expiresAt.getTime() : Infinity);
  const kept = keys.filter(({ revokedAt }) => revokedAt === null);
  const good = kept.filter((key) => endOf(key) > now.getTime());
  if (good.length === 0) {
    const found = keys.length === 0 ? "There is no API key." : "Every API key has expired or was revoked.";
    return [finding("api_keys", "WRONG", found, "latchkey keys create --name <name>")];
  }
  const soon = good.filter((key) => endOf(key) < now.getTime() + EXPIRES_SOON_MS);
  if (soon.length === 0) return [finding("api_keys", "OK", `${good.length} of ${keys.length} open something.`)];
  return soon.map(({ id, expiresAt }) =>
    finding(
      "api_keys",
      "WARNING",
      `${toPublicId("apiKey", id)} expires at ${expiresAt?.toISOString()}.`,
      "Make another one with `latchkey keys create`, and put it where this one is used.",
    ),
  );
}

/** @param answers null: it was not asked, for it is not this machine. */
export function decidePublicUrl(seen: { url: string; localMode: boolean; answers: boolean | null }): Finding {
  const { url, localMode, answers } = seen;
  if (!localMode && !url.startsWith("https:")) {
    const fix = "Set LATCHKEY_PUBLIC_URL to the https address under which others reach this server.";
    return finding("public_url", "WARNING", `${url} can be opened on this machine only.`, fix);
  }
  if (answers === null) return finding("public_url", "OK", `${url}; nobody was asked whether it answers.`);
  if (answers) return finding("public_url", "OK", `A server answers at ${url}.`);
  const fix = localMode ? "npm start" : "latchkey serve";
  return finding("public_url", "WARNING", `No server answers at ${url} at the moment.`, fix);
}

/** Of one connection: whether Stripe answered at all, and when it thinks that it is. */
export function decideStripe({ account, mode, trouble, aheadMs }: StripeSeen): Finding[] {
  if (trouble !== null) {
    const fix = "Let this machine reach api.stripe.com, or wait: status.stripe.com says whether it is up.";
    return [{ ...finding("stripe", "WRONG", `${account}: ${trouble}`, fix), mode }];
  }
  return aheadMs === null ? [] : [{ ...decideClock("clock_stripe", "Stripe", aheadMs), mode }];
}

/** Of one mode: the steps of its set-up, what waits in the inboxes, and how links and their imports stand. */
export function decideMode(mode: Mode, setup: Setup, links: readonly LinkStanding[]): Finding[] {
  const steps = decideSetupSteps(setup).map(({ key, done, required, detail, fix }): Finding => {
    const state = done ? "OK" : required ? "WRONG" : "WARNING";
    return finding(key, state, detail, fix);
  });
  const inboxes = setup.connections.map(({ connection, lastEventAt, pending, failed }) => {
    const last = lastEventAt ? `The last event came at ${lastEventAt.toISOString()}` : "No event has come yet";
    return finding("inbox", "OK", `${connection.account}: ${last}; ${pending} wait, ${failed} failed.`);
  });
  return [...steps, ...inboxes, ...links.flatMap(decideLink)].map((one) => ({ ...one, mode }));
}

function decideLink({ linkId, product, stripeProduct, ...standing }: LinkStanding): Finding[] {
  const name = `${product} ← ${stripeProduct}`;
  const id = toPublicId("link", linkId);
  const found: Finding[] = [];
  const { catalogue, importStatus, importError } = standing;
  if (catalogue === "DELETED") {
    found.push(
      finding("catalogue", "WARNING", `${name}: Stripe has deleted its product.`, `unlinkProduct(link: "${id}")`),
    );
  } else if (catalogue === "ARCHIVED") {
    found.push(
      finding(
        "catalogue",
        "WARNING",
        `${name}: Stripe's product is archived, and cannot be bought.`,
        "Activate it in the Dashboard, if it is to be sold.",
      ),
    );
  }
  const fix = `latchkey import-link ${id}`;
  if (importStatus === null) {
    found.push(
      finding("link_import", "WARNING", `${name}: who bought before it was linked was never looked for.`, fix),
    );
  } else if (importStatus === "FAILED" || importStatus === "CANCELLED") {
    const why = importStatus === "FAILED" ? `failed: ${importError ?? ""}` : "was cancelled.";
    found.push(finding("link_import", "WRONG", `${name}: its import ${why}`, fix));
  }
  return found;
}

export function decideJobs(jobs: readonly StillJob[]): Finding[] {
  if (jobs.length === 0) return [finding("jobs", "OK", "No job stands still.")];
  return jobs.map(({ id, kind, mode, dueAt, error, isDue }) => {
    const name = `${kind} ${toPublicId("job", id)}`;
    const found = isDue
      ? `${name}: nobody has gone on with it since ${dueAt.toISOString()}.`
      : `${name} waits: ${error ?? "it is tried again later."}`;
    const fix = isDue
      ? `Run a server on this database, or go on here: latchkey jobs watch ${toPublicId("job", id)}`
      : `latchkey jobs ${toPublicId("job", id)}`;
    return { ...finding("jobs", "WARNING", found, fix), mode };
  });
}

function firstSentence(advice: string): string {
  return /^.*?\.(?= [A-Z])/.exec(advice)?.[0] ?? advice;
}

function restOf(advice: string): string | null {
  return advice.slice(firstSentence(advice).length).trim() || null;
}
