/** How a command ends. The page in the docs and every `--help` are made from this table. */
export const FAILED = 1;
export const MISUSED = 2;
export const WITH_PROBLEMS = 3;
export const INTERRUPTED = 130;

export const exitCodes: readonly { code: number; meaning: string }[] = [
  { code: 0, meaning: "done" },
  { code: FAILED, meaning: "failed, or something is wrong" },
  { code: MISUSED, meaning: "wrong usage or settings" },
  {
    code: WITH_PROBLEMS,
    meaning: "done, but some rows did not go in; of `reconcile --dry-run`: something differs",
  },
  { code: INTERRUPTED, meaning: "interrupted" },
];
