import type { Attempt, DeliveryRow } from "../objects/delivery";

/** What an attempt makes of a delivery: done, tried again later, or given up. A copy that fails changes nothing. */
export function afterAttempt(
  row: DeliveryRow,
  attempt: Attempt,
  retryAfterS: readonly number[],
  isCopy: boolean,
): DeliveryRow {
  const attempts = [...row.attempts, attempt];
  if (isCopy || row.status === "delivered") return { ...row, attempts };
  if (wasTaken(attempt)) return { ...row, attempts, status: "delivered", next_at: null };
  const pause = retryAfterS[attempts.length - 1];
  if (pause === undefined) return { ...row, attempts, status: "failed", next_at: null };
  return { ...row, attempts, status: "waiting", next_at: attempt.at + pause };
}

export function wasTaken({ status }: Attempt): boolean {
  return status !== null && status >= 200 && status < 300;
}

export function hasBeenTried({ status, attempts }: DeliveryRow): boolean {
  return status !== "waiting" || attempts.length > 0;
}
