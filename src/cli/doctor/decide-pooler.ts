import type { PoolerMode } from "../../config/config";
import type { PoolTrial } from "../../database/try-pool";
import { type Finding, finding } from "./finding";

/** The result of trying DATABASE_URL, and the settings that concern it. */
export interface PoolSeen {
  trial: PoolTrial;
  setting: PoolerMode;
  hasListenUrl: boolean;
}

/** Each transaction gets another session there. */
export function isLossy({ parameters, losesStatements }: PoolTrial): boolean {
  return losesStatements || parameters !== "KEPT";
}

/** Whether the settings let servers use what the pooler does not keep. */
export function lacksSetting({ trial, setting }: PoolSeen): boolean {
  return setting === "none" && isLossy(trial);
}

export function decidePooler(seen: PoolSeen): Finding {
  const { trial, setting, hasListenUrl } = seen;
  if (lacksSetting(seen)) {
    const past = hasListenUrl ? "" : ", and LATCHKEY_DATABASE_LISTEN_URL to an address of PostgreSQL itself";
    const fix = `Set LATCHKEY_DATABASE_POOLER=transaction${past}.`;
    return finding("pooler", "WRONG", `DATABASE_URL leads through a pooler that ${troublesOf(trial)}.`, fix);
  }
  if (setting === "transaction") {
    if (trial.isPooler) return finding("pooler", "OK", "DATABASE_URL leads through a pooler, as the settings say.");
    const found = "DATABASE_URL leads to PostgreSQL itself, so servers do without named statements for nothing.";
    return finding("pooler", "WARNING", found, "Remove LATCHKEY_DATABASE_POOLER: access checks are faster without it.");
  }
  if (!trial.isPooler) return finding("pooler", "OK", "DATABASE_URL leads to PostgreSQL itself.");
  return finding("pooler", "OK", "DATABASE_URL leads through a pooler that keeps sessions.");
}

function troublesOf({ parameters, losesStatements }: PoolTrial): string {
  const troubles = [
    ...(parameters === "REFUSED" ? ["refuses start-up parameters"] : []),
    ...(parameters === "IGNORED" ? ["ignores start-up parameters, so no statement has a limit of time"] : []),
    ...(losesStatements ? ["loses named statements"] : []),
  ];
  return troubles.join(" and ");
}
