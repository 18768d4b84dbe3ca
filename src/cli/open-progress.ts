import { SECOND } from "../base/durations";
import type { JobEntity } from "../work/job.entity";
import { formatProgress } from "./format-progress";
import type { Terminal } from "./terminal";

/** What a person sees while they wait. */
export interface Progress {
  show(job: JobEntity): void;
  /** Something else that is done meanwhile. */
  say(text: string): void;
  /** Nothing of it is left on the screen: what comes next is the answer. */
  end(): void;
}

const DRAW_EVERY_MS = 100;
const LINE_EVERY_MS = 3 * SECOND;
const PIPE_COLUMNS = 200;
const CLEAR = "\r\u001b[2K";

const nothing = () => undefined;
const silent: Progress = { show: nothing, say: nothing, end: nothing };

/** On a terminal one line that is drawn over, in a pipe a line every few seconds, for programs nothing. */
export function openProgress(
  { screen, remark }: Pick<Terminal, "screen" | "remark">,
  { json }: { json: boolean },
  now = Date.now,
): Progress {
  if (json) return silent;
  // Asked each time: windows are made wider and narrower.
  const columns = () => screen?.columns() ?? PIPE_COLUMNS;
  const first = { at: now(), done: null as number | null };
  let shown = { at: screen ? -Infinity : now(), text: "" };

  function tell(text: string): void {
    // A line that says what the last one said says nothing.
    if (now() - shown.at < (screen ? DRAW_EVERY_MS : LINE_EVERY_MS) || text === shown.text) return;
    shown = { at: now(), text };
    if (screen) screen.draw(CLEAR + text);
    else remark(text);
  }

  return {
    show: (job) => {
      first.done ??= job.done;
      tell(formatProgress(job, { rows: job.done - first.done, ms: now() - first.at }, columns()));
    },
    say: (text) => tell(text.slice(0, columns() - 1)),
    end: () => screen?.draw(CLEAR),
  };
}
