import { hasPooler, POOLER_ADVICE } from "./start-pooler";

/** Without PgBouncer these tests are skipped and say why. In CI that is a failure. */
export const describeBehindPooler: (title: string, tests: () => void) => void = hasPooler
  ? describe
  : (title, tests) => {
      if (process.env["CI"]) test(`${title}: ${POOLER_ADVICE}`, () => Promise.reject(new Error(POOLER_ADVICE)));
      else {
        console.warn(`${title} are skipped: ${POOLER_ADVICE}`);
        describe.skip(`${title} (${POOLER_ADVICE})`, tests);
      }
    };
