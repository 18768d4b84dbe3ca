/** So many different plausible events, all refused, are no accident and no single forgery. */
export const MISMATCHES_ENOUGH = 3;

export interface Mismatches {
  /** Different plausible events with a wrong signature since the last good event; at most MISMATCHES_ENOUGH. */
  mismatches: number;
}

/** Whether our signing secret is taken for wrong. */
export function isSecretWrong({ mismatches }: Mismatches): boolean {
  return mismatches >= MISMATCHES_ENOUGH;
}
