import { kindOf } from "./kind";
import { finishAdvance, stepClock, type TestClockRow } from "./objects/test-clock";
import type { Simulation } from "./simulation";
import { nextTimer, type Timer, timerName } from "./timers";

/**
 * Lets everything happen that is due: first by the world's own time, then under each test clock that is being advanced.
 * One timer is one command with `now` at the time it was set for, committed before the next: what one sets, the next
 * may find due.
 */
export function passTime(simulation: Simulation): void {
  const { world } = simulation;
  for (let timer = nextTimer(world.timers, null); timer; timer = nextTimer(world.timers, null)) {
    if (timer.at > simulation.now()) break;
    runTimer(simulation, timer);
  }
  const clocks = simulation.act((draft) => draft.rows("test_helpers.test_clock", { status: "advancing" }));
  for (const clock of clocks) advance(simulation, clock);
}

function advance(simulation: Simulation, { id: clock, frozen_time, status_details }: TestClockRow): void {
  const { timers } = simulation.world;
  const target = status_details.advancing?.target_frozen_time ?? frozen_time;
  for (let timer = nextTimer(timers, clock); timer && timer.at <= target; timer = nextTimer(timers, clock)) {
    runTimer(simulation, timer);
  }
  simulation.act((draft) => finishAdvance(draft, clock));
}

// The timer is cancelled in a commit of its own: work that fails must not fail for ever.
function runTimer(simulation: Simulation, timer: Timer): void {
  const { kind, id, what, clock, at } = timer;
  simulation.act((draft) => {
    draft.cancelTimer({ kind: kind, id, what });
    if (clock) stepClock(draft, clock, at);
  }, at);
  const work = kindOf(simulation.kinds, kind).timers?.[what];
  if (!work) throw new Error(`nothing to do for the timer ${timerName(timer)}: its kind has no such timer`);
  simulation.act((draft) => work(draft, id), at);
}
