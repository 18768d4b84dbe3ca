import { isLong } from "../../kit/is-long";
import { readSeeds } from "./read-seeds";
import { tellWholeStory } from "./whole-story";

/**
 * Whole stories, each with a seed that is printed. `npm test` tells the beginning of one, `npm run test:long` two whole
 * ones; all twenty, or any one again:
 *
 *     npm run story                                   seeds 1 to 20
 *     STORY_SEEDS=7 npm run story                     one of them
 *     STORY_SEEDS=7 STORY_UNTIL=120 npm run story     its first 120 acts, to find the one that matters
 *     STORY_SHOW=1 ...                                everything that happened, not only the end of it
 */
const asked = process.env["STORY_SEEDS"];
const seeds = readSeeds(asked ?? (isLong ? "1,2" : "1"));
const { actions, kills } = asked || isLong ? { actions: 320, kills: 10 } : { actions: 28, kills: 1 };
const until = process.env["STORY_UNTIL"];
const shows = Boolean(process.env["STORY_SHOW"]);
const STORY_MS_MAX = 900_000;

test.each(seeds)(
  `story %i: after ${actions} acts, late, repeated, reordered and lost webhooks and ${kills} kills, everybody may open what Stripe says`,
  async (seed) => {
    const {
      told,
      kills: killed,
      events,
      faults,
    } = await tellWholeStory({
      seed,
      actions,
      kills,
      ...(until && { until: Number(until) }),
    });
    const lines = shows || faults.length > 0 ? told.lines.slice(shows ? 0 : -25) : [];
    const summary = `story ${seed}: ${told.lines.length} acts, ${events} events, ${killed} kills, ${faults.length} faults`;
    if (lines.length > 0) console.log([summary, ...lines].join("\n"));
    else process.stderr.write(`${summary}\n`);
    if (faults.length > 0) {
      throw new Error([...faults, `To see it again: STORY_SEEDS=${seed} npm run story`].join("\n\n"));
    }
  },
  STORY_MS_MAX,
);
