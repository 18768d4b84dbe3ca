/** Pure: a moment of a filter, which JSON has made a text. */
export function readMoment(kept: Date | string | null | undefined): Date | null {
  return kept === null || kept === undefined ? null : new Date(kept);
}
