import { SECOND } from "../base/durations";
import { systemClock } from "../base/clock";
import { openLog } from "../base/log";
import type { Mode } from "../base/mode";
import { Failure } from "../base/refusal";
import type { Config } from "../config/config";
import type { Db } from "../database/db";
import { openDatabase } from "../database/open-database";
import { OLDEST_SERVER } from "../database/run-migrations";
import { listApiKeys } from "../keys/list-api-keys";
import { readSetup } from "../setup/setup-status";
import { findLinkStandings, findStillJobs } from "../setup/standing.store";
import { chooseDatabase } from "./choose-database";
import { findStripe } from "./choose-stripe";
import { decideDatabase } from "./doctor/decide-database";
import * as decide from "./doctor/decide-findings";
import { isLossy } from "./doctor/decide-pooler";
import type { Finding } from "./doctor/finding";
import { lookAtDatabase, lookAtPool } from "./doctor/look-at-database";
import { lookAtSeals } from "./doctor/look-at-seals";
import { hasLocalData, lookAtSettings } from "./doctor/look-at-settings";
import { type StripeSeen, lookAtStripe } from "./doctor/look-at-stripe";
import { findAnswer } from "./doctor/find-answer";
import { formatFinding, formatSummary } from "./doctor/format-finding";
import { FAILED } from "./exit-codes";
import type { Terminal } from "./terminal";

const DUE_FOR_MS = 120 * SECOND;
const MODES: readonly Mode[] = ["LIVE", "TEST"];

type Report = (findings: readonly Finding[]) => void;

/** Looks at everything that a set-up stands on, one after another, and says what to do. Nothing is changed anywhere. */
export async function doctor({ env, print }: Terminal, { json }: { json: boolean }): Promise<number> {
  const findings: Finding[] = [];
  const report: Report = (more) => {
    for (const finding of more) {
      // Findings that both modes share are printed once.
      if (findings.some(({ check, found }) => check === finding.check && found === finding.found)) continue;
      findings.push(finding);
      if (!json) print(formatFinding(finding));
    }
  };
  const settings = await lookAtSettings(env);
  report(decide.decideSettings(settings));
  if (settings.config) await lookAtDatabaseAndMore(settings.config, report);
  else report([skipped("database", "It is not known where it is.")]);
  const isWrong = findings.some(({ state }) => state === "WRONG");
  if (json) print(JSON.stringify({ ok: !isWrong, findings }));
  else print(formatSummary(findings));
  return isWrong ? FAILED : 0;
}

async function lookAtDatabaseAndMore(config: Config, report: Report): Promise<void> {
  if (config.database.url === null && !hasLocalData(config)) {
    const found = `Nothing was started in ${config.dataDir} yet.`;
    return report([{ check: "database", state: "WARNING", mode: null, found, fix: "npm start" }]);
  }
  const log = openLog("silent");
  const opened: (() => Promise<void>)[] = [];
  try {
    const database = await chooseDatabase(config, log);
    opened.push(() => database.stop());
    const { entities } = await import("../app/entities.js");
    const pool = await lookAtPool(config, database.url);
    // The rest can be looked at through such a pooler all the same.
    const pooler = pool && isLossy(pool.trial) ? "transaction" : config.database.pooler;
    const limits = { connectionsMax: 4, statementTimeoutMs: 10 * SECOND };
    const db = await openDatabase({ url: database.url, entities, pooler, ...limits });
    opened.push(() => db.source.destroy());
    const seen = await lookAtDatabase(db, config, database.url, pool);
    report(decideDatabase(seen, OLDEST_SERVER));
    if ("schema" in seen && seen.schema.state === "CURRENT") {
      await lookAtRows({ db, config, aheadMs: seen.server.aheadMs }, report);
    } else report([skipped("stripe", "What is kept in the database can be looked at once its schema is current.")]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    report(
      decideDatabase({ trouble: error.message, fix: "Start PostgreSQL, or correct DATABASE_URL." }, OLDEST_SERVER),
    );
  } finally {
    for (const close of opened.toReversed()) await close();
  }
}

interface Parts {
  db: Db;
  config: Config;
  /** How far PostgreSQL's clock is ahead of ours. */
  aheadMs: number;
}

async function lookAtRows({ db, config, aheadMs }: Parts, report: Report): Promise<void> {
  const hasKey = config.sealingKeys.length > 0;
  const seals = hasKey ? await lookAtSeals(db, config.sealingKeys) : null;
  if (seals) report([decide.decideSeals(seals)]);
  else report([skipped("encryption", "There is no key to open secrets with.")]);
  const keys = [];
  for (const mode of MODES) keys.push(...(await listApiKeys({ db }, mode)));
  report(decide.decideKeys(keys, systemClock.now()));
  const { publicUrl: url, localMode } = config;
  report([decide.decidePublicUrl({ url, localMode, answers: await findAnswer(url) })]);
  await lookAtModes({ db, config, aheadMs }, report, seals?.closed === 0);
  report(decide.decideJobs(await findStillJobs(db, DUE_FOR_MS)));
}

async function lookAtModes({ db, config, aheadMs }: Parts, report: Report, canOpen: boolean): Promise<void> {
  const stripe = await findStripe(config);
  const clock = stripe?.simulated?.clock ?? systemClock;
  const deps = { db, clock, config: { ...config, stripe: stripe?.access ?? config.stripe } };
  const isAsked = canOpen && stripe !== null;
  const seen = isAsked ? await lookAtStripe(deps) : new Map<string, StripeSeen>();
  if (!canOpen) report([skipped("stripe", "It was not asked: the secrets of its keys do not open.")]);
  else if (stripe === null) report([skipped("stripe", "The simulated one does not run: npm start.")]);
  report(decide.decideStripe([...seen.values()], aheadMs));
  const said = new Map([...seen].map(([id, { now }]) => [id, now]));
  const setups = [];
  for (const mode of MODES) setups.push({ mode, setup: await readSetup(deps, mode, said) });
  const used = setups.filter(({ setup }) => setup.connections.length > 0);
  // Where nothing is connected, whoever looks is about to begin: in test mode, as everything does.
  for (const { mode, setup } of used.length > 0 ? used : setups.slice(-1)) {
    report(decide.decideMode(mode, setup, await findLinkStandings(db, mode)));
  }
}

function skipped(check: string, found: string): Finding {
  return { check, state: "SKIPPED", mode: null, found, fix: null };
}
