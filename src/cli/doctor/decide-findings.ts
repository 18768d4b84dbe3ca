import { DAY } from "../../base/durations";
import { toPublicId } from "../../base/ids";
import type { Mode } from "../../base/mode";
import type { Mistake } from "../../config/environment";
import type { ApiKeyEntity } from "../../keys/api-key.entity";
import { type Setup, decideSetupSteps } from "../../setup/decide-setup-steps";
import type { LinkStanding, StillJob } from "../../setup/standing.store";
import { decideClock } from "./decide-clock";
import { type Finding, finding } from "./finding";
import { isConsequence } from "./is-consequence";
import type { StripeSeen } from "./look-at-stripe";

// Pure: what was seen comes in, and what it means goes out.

const EXPIRES_SOON_MS = 14 * DAY;

export function decideSettings(seen: {
  localMode: boolean;
  mistakes: readonly Mistake[];
  notes: readonly string[];
}): Finding[] {
  const { localMode, mistakes, notes } = seen;
  const wrong = mistakes.map(({ setting, problem }) =>
    finding("settings", "WRONG", `${setting}: ${problem}`, `Set ${setting} in the environment of the server.`),
  );
  const perhaps = notes.map((note) =>
    finding("settings", "WARNING", note, `Set ${settingOf(note)}: see docs/settings.md.`),
  );
  if (wrong.length + perhaps.length > 0) return [...wrong, ...perhaps];
  const where = localMode ? "local mode" : "for others";
  return [finding("settings", "OK", `They are complete and fit together (${where}).`)];
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

/** A note begins with the setting that it is about. */
function settingOf(note: string): string {
  return note.split(" ", 1)[0] ?? note;
}

/**
 * Whether a server answers at its public address. An address that only this machine can open is told by the settings.
 *
 * @param answers null: it was not asked, for it is not this machine.
 */
export function decidePublicUrl(seen: { url: string; localMode: boolean; answers: boolean | null }): Finding {
  const { url, localMode, answers } = seen;
  if (answers === null) return finding("public_url", "OK", `${url}; nobody was asked whether it answers.`);
  if (answers) return finding("public_url", "OK", `A server answers at ${url}.`);
  const fix = localMode ? "npm start" : "latchkey serve";
  return finding("public_url", "WARNING", `No server answers at ${url} at the moment.`, fix);
}

/**
 * Whether Stripe answered at all, and when it thinks that it is. Accounts with the same trouble have one finding, and so
 * has a clock of ours that PostgreSQL's check names already.
 *
 * @param databaseAheadMs how far PostgreSQL's clock is ahead of ours.
 */
export function decideStripe(seen: readonly StripeSeen[], databaseAheadMs: number): Finding[] {
  const troubles = new Map<string, StripeSeen[]>();
  for (const one of seen) {
    if (one.trouble !== null) troubles.set(one.trouble, [...(troubles.get(one.trouble) ?? []), one]);
  }
  const fix = "Let this machine reach api.stripe.com, or wait: status.stripe.com says whether it is up.";
  const away = [...troubles].map(([trouble, ones]): Finding => {
    const accounts = ones.map(({ account }) => account).join(", ");
    return { ...finding("stripe", "WRONG", `${accounts}: ${trouble}`, fix), mode: sameMode(ones) };
  });
  // There is one clock at Stripe.
  const told = seen.find(({ aheadMs }) => aheadMs !== null);
  if (!told || told.aheadMs === null) return away;
  const clock = decideClock("clock_stripe", "Stripe", told.aheadMs, databaseAheadMs);
  return [...away, { ...clock, mode: sameMode(seen) }];
}

function sameMode(seen: readonly StripeSeen[]): Mode | null {
  const [mode, ...others] = new Set(seen.map((one) => one.mode));
  return others.length === 0 ? (mode ?? null) : null;
}

/** Of one mode: the steps of its set-up, what waits in the inboxes, and how links and their imports stand. */
export function decideMode(mode: Mode, setup: Setup, links: readonly LinkStanding[]): Finding[] {
  const told = decideSetupSteps(setup).filter(({ key, done }) => done || !isConsequence(key, setup));
  const steps = told.map(({ key, done, required, detail, fix }): Finding => {
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
        `Activate it in Stripe's Dashboard if it is to be sold, or unlinkProduct(link: "${id}").`,
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
  const due = jobs.filter(({ isDue }) => isDue);
  const waiting = jobs.filter(({ isDue }) => !isDue);
  return [
    ...decideDueJobs(due),
    ...waiting.map(({ id, kind, mode, error }): Finding => {
      const found = `${kind} ${toPublicId("job", id)} waits: ${error ?? "it is tried again later."}`;
      return { ...finding("jobs", "WARNING", found, `latchkey jobs ${toPublicId("job", id)}`), mode };
    }),
  ];
}

/** They have one cause: nobody works on jobs. */
function decideDueJobs(due: readonly StillJob[]): Finding[] {
  const [oldest] = due;
  if (!oldest) return [];
  const names = due.map(({ id, kind }) => `${kind} ${toPublicId("job", id)}`);
  const shown = names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
  const found = `Nobody has gone on with ${shown} since ${oldest.dueAt.toISOString()}.`;
  const fix = `Start a server (latchkey serve), or go on here: latchkey jobs watch ${toPublicId("job", oldest.id)}`;
  return [{ ...finding("jobs", "WARNING", found, fix), mode: due.length === 1 ? oldest.mode : null }];
}
