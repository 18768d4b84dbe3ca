import { isLong } from "../../kit/is-long";
import { tellLossyStory } from "./lossy-story";
import { readSeeds } from "./read-seeds";

/**
 * Webhooks that never come. One seed runs with all other tests, and is short; any others, longer:
 *
 *     npm run lossy-story                             seeds 1 to 10
 *     STORY_SEEDS=7 npm run lossy-story               one of them
 */
const asked = process.env["STORY_SEEDS"];
const seeds = readSeeds(asked ?? "8");
const actions = Number(process.env["STORY_UNTIL"] ?? (asked ? 320 : isLong ? 140 : 90));
const STORY_MS_MAX = 900_000;

let wrongInAll = 0;

test.each(seeds)(
  "story %i: 10 %% of all webhooks are dropped for ever: a dry run lists exactly the differences, and after one reconciliation every decision is the oracle's",
  async (seed) => {
    const { told, dropped, wrong, listed, mended, changed, drift, faults } = await tellLossyStory({ seed, actions });
    process.stderr.write(
      `lossy story ${seed}: ${told.lines.length} acts, ${dropped} webhooks dropped, ${wrong.length} decisions wrong, ` +
        `${listed.length} differences listed, ${drift.length} seen from outside, ${faults.length} faults\n`,
    );
    if (faults.length > 0) console.log(told.lines.slice(-25).join("\n"));
    if (process.env["STORY_SHOW"]) console.log(JSON.stringify({ wrong, listed, changed, drift }, null, 1));
    expect(faults).toEqual([]);
    wrongInAll += wrong.length;
    expect(listed.length).toBeGreaterThan(0);
    expect(mended).toEqual(listed);
    expect(listed.map(({ subject }) => subject)).toEqual(changed);
    expect(drift.filter((source) => !changed.includes(source))).toEqual([]);
  },
  STORY_MS_MAX,
);

test("the stories are worth telling: before the reconciliation decisions were wrong", () => {
  expect(wrongInAll).toBeGreaterThan(0);
});
