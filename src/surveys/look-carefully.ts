import { type ErrorCode } from "../base/error-codes";
import { Failure } from "../base/refusal";
import type { ConnectionEntity } from "../connections/connection.entity";
import { type LookDeps, type Sighting, lookAt } from "../projection/look-at";
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

/** Looks at all of them at once; where one cannot be read, at each by itself, so that it does not keep the others out. */
export async function lookCarefully(
  deps: LookDeps & Pick<JobDeps, "log">,
  connection: ConnectionEntity,
  targets: readonly Target[],
): Promise<CarefulSighting> {
  if (targets.length === 0) return { facts: [], customers: [], failures: new Map() };
  try {
    return { ...(await lookAt(deps, connection, targets)), failures: new Map() };
  } catch (error) {
    if (concernsAll(error)) throw error;
  }
  const found: Sighting[] = [];
  const failures = new Map<string, Unreadable>();
  for (const target of targets) {
    try {
      found.push(await lookAt(deps, connection, [target]));
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
