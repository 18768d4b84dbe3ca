import { z } from "zod";
import { actorOf, recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import type { Db } from "../database/db";
import type { Identity } from "../graphql/context";
import { readInput } from "../graphql/read-input";
import { markForPlan } from "./facts.store";
import type { Policy } from "./policy";
import { findPolicy, lockPolicy, writePolicy } from "./policy.store";
import { type Preview, previewPlan } from "./preview-plan";
import { replanSoon } from "./replan-soon";

/** Absent leaves. Only the limit of trials can be cleared: everything else always has a value. */
export type PolicyChange = { [Name in keyof Policy]?: Policy[Name] | null | undefined };

const schema = z.object({
  pastDueGraceDays: z.int().min(0, "Grace is 0 to 365 days.").max(365, "Grace is 0 to 365 days.").nullish(),
  trialsPerUser: z.int().min(0, "A number of trials is 0 or more; null means no limit.").nullish(),
});

interface Deps {
  db: Db;
  clock: Clock;
  identity: Identity;
}

/** Changes the rules of this mode. The grants of everybody concerned are planned again before the answer, from kept facts. */
export async function updatePolicy(deps: Deps, input: PolicyChange): Promise<Policy> {
  readInput(schema, { pastDueGraceDays: input.pastDueGraceDays, trialsPerUser: input.trialsPerUser });
  const now = deps.clock.now();
  const { mode } = deps.identity;
  const policy = await deps.db.transaction(async (tx) => {
    await lockPolicy(tx, mode);
    const before = await findPolicy(tx, mode);
    const after = changePolicy(before, input);
    if (JSON.stringify(before) === JSON.stringify(after)) return before;
    await writePolicy(tx, mode, after, now);
    await markForPlan(tx, { mode });
    const line = { mode, at: now, origin: "API", ...actorOf(deps.identity), message: "The policy changed." } as const;
    const data = { before, after };
    await recordActivities(tx, now, [{ ...line, type: "CUSTOM", customType: "policy.updated", data }]);
    return after;
  });
  await replanSoon(deps);
  return policy;
}

/** Who would gain and who would lose by it. */
export function previewPolicy(deps: Deps, input: PolicyChange): Promise<Preview> {
  readInput(schema, { pastDueGraceDays: input.pastDueGraceDays, trialsPerUser: input.trialsPerUser });
  const { mode } = deps.identity;
  return previewPlan(deps, { filter: { mode }, changePolicy: (policy) => changePolicy(policy, input) });
}

function changePolicy(policy: Policy, { trialsPerUser, ...rest }: PolicyChange): Policy {
  const said = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined);
  const trials = trialsPerUser === undefined ? policy.trialsPerUser : trialsPerUser;
  return { ...policy, ...(Object.fromEntries(said) as Partial<Policy>), trialsPerUser: trials };
}
