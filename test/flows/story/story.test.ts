import { readSeeds } from "./read-seeds";
import { tellWholeStory } from "./whole-story";

/**
 * Whole stories, each with a seed that is printed. One runs with all other tests; all twenty, or any one again:
 *
 *     npm run story                                   seeds 1 to 20
 *     STORY_SEEDS=7 npm run story                     one of them
 *     STORY_SEEDS=7 STORY_UNTIL=120 npm run story     its first 120 acts, to find the one that matters
 *     STORY_SHOW=1 ...                                everything that happened, not only the end of it
 */
const seeds = readSeeds(process.env["STORY_SEEDS"] ?? "1");
const until = process.env["STORY_UNTIL"];
const shows = Boolean(process.env["STORY_SHOW"]);
const STORY_MS_MAX = 600_000;

test.each(seeds)(
  "story %i: after 320 acts, late, repeated, reordered and lost webhooks and ten deaths, everybody may open what Stripe says",
  async (seed) => {
    const { told, kills, events, faults } = await tellWholeStory({ seed, ...(until && { until: Number(until) }) });
    const lines = shows || faults.length > 0 ? told.lines.slice(shows ? 0 : -25) : [];
    const summary = `story ${seed}: ${told.lines.length} acts, ${events} events, ${kills} deaths, ${faults.length} faults`;
    if (lines.length > 0) console.log([summary, ...lines].join("\n"));
    else process.stderr.write(`${summary}\n`);
    if (faults.length > 0) {
      throw new Error([...faults, `To see it again: STORY_SEEDS=${seed} npm run story`].join("\n\n"));
    }
  },
  STORY_MS_MAX,
);
