import { type ErrorCode } from "../base/error-codes";
import { Failure } from "../base/refusal";
import type { ConnectionEntity } from "../connections/connection.entity";
import { type LookDeps, type Manner, type Sighting, lookAt } from "../projection/look-at";
import type { Target } from "../projection/target";
import type { JobDeps } from "../work/run-jobs";
import { isUnavailable } from "../work/plan-next-try";

export interface CarefulSighting extends Pick<Sighting, "facts" | "customers"> {
  /** Why something could not be read, by the id of the target. */
  failures: ReadonlyMap<string, Unreadable>;
}

export interface Unreadable {
  code: ErrorCode;
  message: string;
}

type Deps = LookDeps & Pick<JobDeps, "log">;

/** Side by side, for an answer takes its time; the pace is what limits them. */
const LOOKS_AT_ONCE = 5;

/** Looks at all of them; what cannot be read does not keep the others out. */
export async function lookCarefully(
  deps: Deps,
  connection: ConnectionEntity,
  targets: readonly Target[],
  how: Manner = {},
): Promise<CarefulSighting> {
  const size = Math.max(1, Math.ceil(targets.length / LOOKS_AT_ONCE));
  const groups = Array.from({ length: Math.ceil(targets.length / size) }, (_, place) =>
    targets.slice(place * size, (place + 1) * size),
  );
  const seen = await Promise.all(groups.map((group) => lookAtGroup(deps, connection, group, how)));
  return {
    facts: seen.flatMap(({ facts }) => facts),
    customers: seen.flatMap(({ customers }) => customers),
    failures: new Map(seen.flatMap(({ failures }) => [...failures])),
  };
}

/** In one look; where one of them cannot be read, at each by itself. */
async function lookAtGroup(
  deps: Deps,
  connection: ConnectionEntity,
  targets: readonly Target[],
  how: Manner,
): Promise<CarefulSighting> {
  try {
    return { ...(await lookAt(deps, connection, targets, how)), failures: new Map() };
  } catch (error) {
    if (concernsAll(error)) throw error;
  }
  const found: Sighting[] = [];
  const failures = new Map<string, Unreadable>();
  for (const target of targets) {
    try {
      found.push(await lookAt(deps, connection, [target], how));
    } catch (error) {
      if (concernsAll(error)) throw error;
      deps.log.warn({ err: error, connectionId: connection.id, target: target.id }, "an object could not be read");
      failures.set(target.id, describeFailure(error));
    }
  }
  return {
    facts: found.flatMap(({ facts }) => facts),
    customers: found.flatMap(({ customers }) => customers),
    failures,
  };
}

/** It would be the same with every other object. */
function concernsAll(error: unknown): boolean {
  const codes: readonly ErrorCode[] = ["STRIPE_KEY_INVALID", "STRIPE_NOT_CONNECTED"];
  return isUnavailable(error) || (error instanceof Failure && codes.includes(error.code));
}

/** For the caller: of what broke inside, our log knows more. */
export function describeFailure(error: unknown): Unreadable {
  if (error instanceof Failure) return { code: error.code, message: error.message };
  return { code: "INTERNAL", message: "A mistake on our side; our log has it under the id of the object." };
}
