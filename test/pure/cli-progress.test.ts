import { decideExitCode } from "../../src/cli/decide-exit-code";
import { formatProgress, type Standing } from "../../src/cli/format-progress";
import { openProgress } from "../../src/cli/open-progress";
import { readSince, toMoment } from "../../src/cli/read-option";
import { JobEntity } from "../../src/work/job.entity";

const standing: Standing = {
  kind: "USER_IMPORT",
  dryRun: false,
  status: "RUNNING",
  total: 1_000,
  done: 450,
  created: 0,
  updated: 0,
  failed: 0,
  error: null,
};
const shown = (changes: Partial<Standing>, pace = { rows: 0, ms: 0 }, columns = 200) =>
  formatProgress({ ...standing, ...changes }, pace, columns);

test.each<[string, string, string]>([
  ["a known total is a share", shown({}), "Import of users [#########-----------]  45 %  450 of 1000"],
  [
    "the last row is not rounded up to before it is there",
    shown({ done: 999 }),
    "Import of users [###################-]  99 %  999 of 1000",
  ],
  ["all of it is all of it", shown({ done: 1_000 }), "Import of users [####################] 100 %  1000 of 1000"],
  ["an unknown total has no bar", shown({ total: null }), "Import of users  450 so far"],
  ["a dry run says so", shown({ total: null, dryRun: true }), "Import of users (dry run)  450 so far"],
  ["one that has not begun", shown({ status: "QUEUED", total: null, done: 0 }), "Import of users  waits for its turn"],
  [
    "pace and what is left",
    shown({ total: 650 }, { rows: 100, ms: 5_000 }),
    "Import of users [#############-------]  69 %  450 of 650  20/s  about 10 s left",
  ],
  ["a slow pace", shown({ total: null }, { rows: 3, ms: 6_000 }), "Import of users  450 so far  0.5/s"],
  [
    "a long rest is told in minutes",
    shown({}, { rows: 1, ms: 1_000 }),
    "Import of users [#########-----------]  45 %  450 of 1000  1.0/s  about 10 min left",
  ],
  [
    "problems and waiting",
    shown({ total: null, failed: 2, error: "Stripe is away." }),
    "Import of users  450 so far  2 not in  waits: Stripe is away.",
  ],
  [
    "never wider than the screen",
    shown({ total: null, error: "x".repeat(100) }, { rows: 0, ms: 0 }, 30),
    "Import of users  450 so far …",
  ],
])("%s", (_what, text, expected) => expect(text).toBe(expected));

const job = (changes: Partial<JobEntity>) => Object.assign(new JobEntity(), { ...standing, ...changes });

const CLEAR = "\r\u001b[2K";

/** What was written, with a clock that the test moves. */
function open(screen: boolean, json = false) {
  const written: string[] = [];
  let now = 0;
  const terminal = {
    remark: (text: string) => void written.push(`${text}\n`),
    screen: screen ? { columns: () => 80, draw: (text: string) => void written.push(text) } : null,
  };
  const progress = openProgress(terminal, { json }, () => now);
  return { written, progress, pass: (ms: number) => (now += ms) };
}

test("on a terminal one line is drawn over, not too often, and nothing of it is left", () => {
  const { written, progress, pass } = open(true);
  progress.show(job({ done: 1 }));
  progress.show(job({ done: 2 }));
  pass(150);
  progress.show(job({ done: 3 }));
  progress.end();
  expect(written).toHaveLength(3);
  expect(written[1]?.startsWith(CLEAR)).toBe(true);
  expect(written[1]).toMatch(/Import of users .* {2}3 of 1000$/);
  expect(written[2]).toBe(CLEAR);
  expect(written.join("")).not.toContain("\n");
});

test("in a pipe there is a plain line every few seconds while anything changes, and none of a short job", () => {
  const { written, progress, pass } = open(false);
  progress.show(job({ total: null, done: 1 }));
  pass(2_900);
  progress.show(job({ total: null, done: 2 }));
  expect(written).toEqual([]);
  pass(200);
  progress.show(job({ total: null, done: 3, status: "QUEUED" }));
  pass(4_000);
  progress.show(job({ total: null, done: 3, status: "QUEUED" }));
  progress.end();
  expect(written).toEqual(["Import of users  waits for its turn\n"]);
});

test("programs that read JSON see no progress at all", () => {
  const { written, progress, pass } = open(true, true);
  progress.show(job({}));
  pass(10_000);
  progress.say("something");
  progress.end();
  expect(written).toEqual([]);
});

test.each<[string, Partial<JobEntity>, number]>([
  ["done", { status: "SUCCEEDED" }, 0],
  ["done with rows that did not go in", { status: "SUCCEEDED", failed: 1 }, 3],
  ["failed", { status: "FAILED", failed: 1 }, 1],
  ["cancelled", { status: "CANCELLED" }, 1],
  ["a reconciliation that mended", { kind: "RECONCILIATION", status: "SUCCEEDED", updated: 2 }, 0],
  ["one that only found what differs", { kind: "RECONCILIATION", status: "SUCCEEDED", dryRun: true, updated: 2 }, 3],
  ["one that found what is missing", { kind: "RECONCILIATION", status: "SUCCEEDED", dryRun: true, created: 1 }, 3],
  ["one that found nothing", { kind: "RECONCILIATION", status: "SUCCEEDED", dryRun: true }, 0],
  ["an import that would do something", { status: "SUCCEEDED", dryRun: true, created: 5 }, 0],
])("%s ends with its code", (_what, changes, code) => expect(decideExitCode(job(changes))).toBe(code));

test.each<[string, string]>([
  ["90m", "2026-03-08T10:30:00.000Z"],
  ["12h", "2026-03-08T00:00:00.000Z"],
  ["7d", "2026-03-01T12:00:00.000Z"],
  ["2w", "2026-02-22T12:00:00.000Z"],
  ["2026-01-31", "2026-01-31T00:00:00.000Z"],
])("%s is a moment", (text, moment) => {
  expect(toMoment(readSince(text), new Date("2026-03-08T12:00:00Z")).toISOString()).toBe(moment);
});

test.each(["soon", "7", "7y", "-1d", "99999d"])("%s is none", (text) => {
  expect(() => readSince(text)).toThrow(/such as 2030-01-31/);
});
