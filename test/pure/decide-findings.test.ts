import { DAY } from "../../src/base/durations";
import { newUuid, toPublicId } from "../../src/base/ids";
import type { PoolSeen } from "../../src/cli/doctor/decide-pooler";
import type { Finding } from "../../src/cli/doctor/finding";
import { decideClock } from "../../src/cli/doctor/decide-clock";
import { type DatabaseSeen, decideDatabase } from "../../src/cli/doctor/decide-database";
import {
  decideJobs,
  decideKeys,
  decideMode,
  decidePublicUrl,
  decideSeals,
  decideSettings,
  decideStripe,
} from "../../src/cli/doctor/decide-findings";
import type { PoolTrial } from "../../src/database/try-pool";
import type { LinkStanding } from "../../src/setup/standing.store";

const NOW = new Date("2026-03-01T12:00:00Z");
const id = newUuid(NOW);

const server = { versionNumber: 170_002, version: "17.2", role: "latchkey", aheadMs: 0 };
const pool: PoolSeen = {
  trial: { isPooler: false, parameters: "KEPT", losesStatements: false },
  setting: "none",
  hasListenUrl: false,
};
const healthy: Exclude<DatabaseSeen, { trouble: string }> = {
  server,
  schema: { state: "CURRENT" },
  pool,
  missingRights: [],
  ownerTrouble: null,
  hasOwner: true,
  noticeTrouble: null,
};

const link: LinkStanding = {
  linkId: id,
  product: "course",
  stripeProduct: "prod_1",
  catalogue: "THERE",
  importStatus: "SUCCEEDED",
  importError: null,
};
const noSetup = {
  connections: [],
  hasProduct: true,
  hasLink: true,
  inactiveLinks: [],
  hasAllowedUrls: true,
  unclaimed: 0,
  now: NOW,
};
const ofLink = (changes: Partial<LinkStanding>) =>
  decideMode("LIVE", noSetup, [{ ...link, ...changes }]).filter(({ found }) => found.startsWith("course"));
const ofDatabase = (changes: Partial<typeof healthy>) => decideDatabase({ ...healthy, ...changes }, 15);
const ofPool = (trial: Partial<PoolTrial>, changes: Partial<Omit<PoolSeen, "trial">> = {}) =>
  ofDatabase({ pool: { ...pool, ...changes, trial: { ...pool.trial, ...trial } } });
const key = (changes: { expiresAt?: Date; revokedAt?: Date }) => ({ id, expiresAt: null, revokedAt: null, ...changes });
const later = (ms: number) => new Date(NOW.getTime() + ms);
const job = { id, kind: "REPLAY", mode: "LIVE", dueAt: NOW, error: null, isDue: true } as const;
const stripe = { account: "acct_1", mode: "TEST", trouble: null, aheadMs: 0, now: {} } as const;

type Case = [
  what: string,
  findings: readonly Finding[],
  check: string,
  state: string,
  found: RegExp,
  fix: RegExp | null,
];

const cases: Case[] = [
  ["good settings", decideSettings({ localMode: true, mistakes: [], notes: [] }), "settings", "OK", /complete/, null],
  [
    "a mistake",
    decideSettings({ localMode: false, mistakes: [{ setting: "PORT", problem: "It is no number." }], notes: [] }),
    ...(["settings", "WRONG", /^PORT: It is no number\.$/, /PORT/] as const),
  ],
  [
    "a note",
    decideSettings({ localMode: false, mistakes: [], notes: ["LATCHKEY_ALLOWED_URLS is empty."] }),
    ...(["settings", "WARNING", /ALLOWED_URLS/, /^Set LATCHKEY_ALLOWED_URLS:/] as const),
  ],
  ["no database", decideDatabase({ trouble: "It is away.", fix: "x" }, 15), "database", "WRONG", /away/, /x/],
  [
    "an old PostgreSQL",
    ofDatabase({ server: { ...server, versionNumber: 140_009 } }),
    "database",
    "WRONG",
    /too old/,
    /15 or newer/,
  ],
  [
    "the oldest PostgreSQL",
    ofDatabase({ server: { ...server, versionNumber: 150_000 } }),
    "database",
    "OK",
    /answers/,
    null,
  ],
  [
    "a schema that is behind",
    ofDatabase({ schema: { state: "BEHIND", missing: ["A1"], advice: "It is behind: A1. Run `latchkey migrate`." } }),
    ...(["schema", "WRONG", /^It is behind: A1\.$/, /^Run `latchkey migrate`\.$/] as const),
  ],
  [
    "rights that are missing",
    ofDatabase({ missingRights: ["jobs", "users"] }),
    "rights",
    "WRONG",
    /latchkey lacks .* jobs, users\./,
    /migrate/,
  ],
  ["an owner who cannot come in", ofDatabase({ ownerTrouble: "No entry." }), "owner", "WRONG", /No entry/, /OWNER_URL/],
  ["PostgreSQL itself", ofPool({}), "pooler", "OK", /PostgreSQL itself/, null],
  ["a pooler that keeps sessions", ofPool({ isPooler: true }), "pooler", "OK", /keeps sessions/, null],
  [
    "a pooler that refuses parameters",
    ofPool({ isPooler: true, parameters: "REFUSED" }),
    ...(["pooler", "WRONG", /refuses start-up parameters\.$/, /POOLER=transaction, and .*LISTEN_URL/] as const),
  ],
  [
    "a pooler that ignores parameters",
    ofPool({ isPooler: true, parameters: "IGNORED" }),
    ...(["pooler", "WRONG", /no statement has a limit/, /POOLER=transaction/] as const),
  ],
  [
    "a pooler that loses statements, with a way past it",
    ofPool({ isPooler: true, losesStatements: true }, { hasListenUrl: true }),
    ...(["pooler", "WRONG", /loses named statements/, /POOLER=transaction\.$/] as const),
  ],
  [
    "a pooler that the settings name",
    ofPool({ isPooler: true, losesStatements: true }, { setting: "transaction", hasListenUrl: true }),
    ...(["pooler", "OK", /as the settings say/, null] as const),
  ],
  [
    "no pooler where the settings name one",
    ofPool({}, { setting: "transaction", hasListenUrl: true }),
    ...(["pooler", "WARNING", /for nothing/, /Remove LATCHKEY_DATABASE_POOLER/] as const),
  ],
  ["notices that are lost", ofDatabase({ noticeTrouble: "Lost." }), "notices", "WRONG", /Lost/, /LISTEN_URL/],
  ["a clock 5 s ahead", [decideClock("clock", "Stripe", 5_000)], "clock", "OK", /agrees/, null],
  ["a clock 5.1 s behind", [decideClock("clock", "Stripe", -5_100)], "clock", "WARNING", /5\.1 s behind/, /NTP/],
  ["a clock a minute ahead", [decideClock("clock", "Stripe", 60_001)], "clock", "WRONG", /60\.0 s ahead/, /NTP/],
  ["no seals", [decideSeals({ total: 0, older: 0, closed: 0 })], "encryption", "OK", /Nothing/, null],
  ["an older seal", [decideSeals({ total: 3, older: 1, closed: 0 })], "encryption", "WARNING", /1 of 3/, /reseal/],
  [
    "a closed seal",
    [decideSeals({ total: 3, older: 1, closed: 2 })],
    "encryption",
    "WRONG",
    /2 of 3/,
    /ENCRYPTION_KEY/,
  ],
  ["no key", decideKeys([], NOW), "api_keys", "WRONG", /no API key/, /keys create/],
  [
    "keys that are over",
    decideKeys([key({ expiresAt: NOW }), key({ revokedAt: NOW })], NOW),
    "api_keys",
    "WRONG",
    /expired or was revoked/,
    /keys create/,
  ],
  [
    "a key that ends soon",
    decideKeys([key({ expiresAt: later(13 * DAY) })], NOW),
    "api_keys",
    "WARNING",
    /^key_\w+ expires at 2026-03-14/,
    /keys create/,
  ],
  ["a key that ends later", decideKeys([key({ expiresAt: later(15 * DAY) })], NOW), "api_keys", "OK", /1 of 1/, null],
  [
    "a public address",
    [decidePublicUrl({ url: "https://a.example", localMode: false, answers: null })],
    "public_url",
    "OK",
    /nobody was asked/,
    null,
  ],
  [
    "a server that is not started",
    [decidePublicUrl({ url: "http://127.0.0.1:4000", localMode: true, answers: false })],
    "public_url",
    "WARNING",
    /No server answers/,
    /npm start/,
  ],
  [
    "a Stripe that is away",
    decideStripe([{ ...stripe, trouble: "It does not answer." }], 0),
    "stripe",
    "WRONG",
    /^acct_1: It does not/,
    /api\.stripe\.com/,
  ],
  [
    "a Stripe of another time",
    decideStripe([{ ...stripe, aheadMs: -90_000 }], 0),
    "clock_stripe",
    "WRONG",
    /90\.0 s behind/,
    /NTP/,
  ],
  [
    "a mode without an account",
    decideMode("LIVE", noSetup, []),
    "account_connected",
    "WRONG",
    /No Stripe account/,
    /connectStripe/,
  ],
  [
    "a link without an import",
    ofLink({ importStatus: null }),
    "link_import",
    "WARNING",
    /never looked for/,
    /import-link lnk_/,
  ],
  [
    "an import that failed",
    ofLink({ importStatus: "FAILED", importError: "Gone." }),
    "link_import",
    "WRONG",
    /failed: Gone\./,
    /import-link lnk_/,
  ],
  [
    "an import that was cancelled",
    ofLink({ importStatus: "CANCELLED" }),
    "link_import",
    "WRONG",
    /was cancelled/,
    /import-link lnk_/,
  ],
  [
    "a product that Stripe deleted",
    ofLink({ catalogue: "DELETED" }),
    "catalogue",
    "WARNING",
    /deleted/,
    /unlinkProduct/,
  ],
  [
    "a product that Stripe archived",
    ofLink({ catalogue: "ARCHIVED" }),
    "catalogue",
    "WARNING",
    /archived/,
    /Dashboard.* unlinkProduct\(link: "lnk_/,
  ],
  ["no job that stands still", decideJobs([]), "jobs", "OK", /No job/, null],
  ["a job that nobody takes", decideJobs([job]), "jobs", "WARNING", /since 2026-03-01T12/, /jobs watch job_/],
  [
    "a job that waits",
    decideJobs([{ ...job, isDue: false, error: "Stripe is away." }]),
    "jobs",
    "WARNING",
    /Stripe is away/,
    /latchkey jobs job_/,
  ],
];

test.each(cases)("%s is found, with what to do", (_what, findings, check, state, found, fix) => {
  const one = findings.find((finding) => finding.check === check);
  expect(one).toMatchObject({ state, found: expect.stringMatching(found) });
  if (fix === null) expect(one?.fix).toBeNull();
  else expect(one?.fix).toMatch(fix);
});

test("a set-up where all is well says nothing but that, and a link that is well says nothing", () => {
  expect(ofDatabase({}).map(({ state }) => state)).toEqual(["OK", "OK", "OK", "OK", "OK", "OK", "OK"]);
  expect(ofLink({})).toEqual([]);
});

test("a pooler without its settings is one finding: notices that get lost in it are not told as well", () => {
  const lossy = { ...pool, trial: { ...pool.trial, isPooler: true, losesStatements: true } };
  const checksOf = (seen: PoolSeen) => ofDatabase({ pool: seen, noticeTrouble: "Lost." }).map(({ check }) => check);
  expect(checksOf(lossy)).not.toContain("notices");
  expect(checksOf({ ...lossy, hasListenUrl: true })).toContain("notices");
});

describe("one cause is told once", () => {
  const open = (setup: object) =>
    decideMode("LIVE", { ...noSetup, ...setup }, [])
      .filter(({ state }) => state !== "OK")
      .map(({ check }) => check);
  const inactive = [{ product: "course", stripeProduct: "prod_1", account: "acct_1" }];

  test("no account, no product, links of a disconnected account", () => {
    expect(open({ hasLink: false })).toEqual(["account_connected"]);
    expect(open({ hasProduct: false, hasLink: false })).toEqual(["account_connected", "product_exists"]);
    expect(open({ hasLink: false, inactiveLinks: inactive })).toEqual(["links_active"]);
    expect(open({ hasAllowedUrls: false })).toEqual(["account_connected"]);
  });

  test("a Stripe that is away for several accounts, and a clock of ours that PostgreSQL and Stripe both disagree with", () => {
    const away = { ...stripe, trouble: "It does not answer.", aheadMs: null };
    const other = { ...away, account: "acct_2", mode: "LIVE" } as const;
    expect(decideStripe([away, other], 0)).toEqual([
      expect.objectContaining({ check: "stripe", mode: null, found: "acct_1, acct_2: It does not answer." }),
    ]);
    expect(decideStripe([{ ...stripe, aheadMs: 119_000 }], 120_000)).toMatchObject([{ state: "OK" }]);
    expect(decideStripe([{ ...stripe, aheadMs: 119_000 }], 0)).toMatchObject([{ state: "WRONG" }]);
    expect(decideStripe([{ ...stripe, aheadMs: 0 }], 120_000)).toMatchObject([{ state: "OK" }]);
  });

  test("jobs that nobody goes on with", () => {
    const found = decideJobs([job, { ...job, id: newUuid(NOW) }, { ...job, isDue: false, error: "Stripe is away." }]);
    expect(found.map(({ found: text }) => text)).toEqual([
      expect.stringMatching(/^Nobody has gone on with REPLAY job_\w+, REPLAY job_\w+ since/),
      expect.stringMatching(/Stripe is away/),
    ]);
  });
});

test("what is to be done is named: a setting, a command, a mutation, or what lies outside", () => {
  const ours = /LATCHKEY_\w+|DATABASE_URL|PORT|latchkey \w+|npm start|\b[a-z]+(Stripe|Product)\b/;
  const outside = /PostgreSQL 15 or newer|NTP|api\.stripe\.com|^x$/;
  const fixes = cases.flatMap(([, findings]) => findings.flatMap(({ fix }) => (fix === null ? [] : [fix])));
  expect(fixes.length).toBeGreaterThan(20);
  expect(fixes.filter((fix) => !ours.test(fix) && !outside.test(fix))).toEqual([]);
});

test("what belongs to a mode says so", () => {
  expect(new Set(decideMode("LIVE", noSetup, [link]).map(({ mode }) => mode))).toEqual(new Set(["LIVE"]));
  expect(decideStripe([{ ...stripe, trouble: "x" }], 0)[0]?.mode).toBe("TEST");
  expect(decideJobs([job])[0]).toMatchObject({ mode: "LIVE", found: expect.stringContaining(toPublicId("job", id)) });
});
