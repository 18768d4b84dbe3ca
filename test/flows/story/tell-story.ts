import { moneyActs } from "./acts/money";
import { changePolicy, linkGood, ownerActs } from "./acts/owner";
import { peopleActs } from "./acts/people";
import { purchases } from "./acts/purchases";
import { subscriptionActs } from "./acts/subscriptions";
import { timeActs } from "./acts/time";
import { type Act, DAY, does, type Stage } from "./stage";

export const acts: Record<string, Act> = {
  ...purchases,
  ...subscriptionActs,
  ...moneyActs,
  ...ownerActs,
  ...peopleActs,
  ...timeActs,
};

export interface Told {
  /** What happened, a line for each act. */
  lines: string[];
  /** How often each act happened. */
  counts: Map<string, number>;
}

export interface Telling {
  /** How long the story is. */
  actions: number;
  /** After which act it stops, when only its beginning is wanted. */
  until?: number;
  /** Acts that do not happen in this story. */
  without?: readonly string[];
  /** Called before each act: servers die here. */
  before?: (turn: number) => Promise<void>;
}

/** So many acts by lot. An act that Stripe refuses, or that finds nothing to act on, does not count. */
export async function tellStory(
  stage: Stage,
  told: Told,
  { actions, until = actions, without = [], before }: Telling,
): Promise<void> {
  const possible = Object.entries(acts).filter(([name]) => !without.includes(name));
  const names = possible.flatMap(([name, { weight }]) => Array.from({ length: weight }, () => name));
  let startsToCreate = stage.books.policy.autoCreateUsers === "NEVER" ? Math.floor(actions / 2) : -1;
  for (let turn = 0; turn < until;) {
    stage.isHurrying = turn > actions * 0.7;
    const name = stage.chance.pick(names) ?? "wait";
    await before?.(turn);
    const line = turn === startsToCreate ? await createFromNowOn(stage) : await attempt(stage, name);
    if (line === null) continue;
    if (turn === startsToCreate) startsToCreate = -1;
    told.lines.push(`${String(turn).padStart(3)} ${name}: ${line}`);
    told.counts.set(name, (told.counts.get(name) ?? 0) + 1);
    turn++;
  }
}

const AFTER_RETRIES = ["unpaid", "cancel", "past_due", "pause"];

/** The settings of the account, and the first links; others follow in the story. */
export async function openShop(stage: Stage): Promise<void> {
  const after_retries = AFTER_RETRIES[stage.seed % AFTER_RETRIES.length];
  await does(stage, "billing-settings", { after_retries, retry_after_s: [DAY, 2 * DAY] });
  for (const good of ["alpha", "beta", "gamma", "bundle"] as const) await linkGood(stage, good);
}

function createFromNowOn(stage: Stage): Promise<string> {
  return changePolicy(stage, { autoCreateUsers: "ON_PURCHASE" });
}

async function attempt(stage: Stage, name: string): Promise<string | null> {
  try {
    return (await acts[name]?.run(stage)) ?? null;
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** Stripe said no, as it does when a card declines or something is over: what was done before that stays. */
function isRefusal(error: unknown): boolean {
  const said = error instanceof Error ? `${error.name} ${error.message} ${error.constructor.name}` : "";
  return /Stripe(InvalidRequest|Card)Error|"invalid_request_error"|"card_error"/.test(said);
}
