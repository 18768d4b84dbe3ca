import type { TableName } from "./tables";

/**
 * What is due when. A timer is named by what it is for, so setting it again moves it. The queue is a heap whose stale
 * entries (moved or cancelled) are thrown away when they come up; each test clock has a queue of its own, because its
 * time stands still until it is advanced.
 */
export interface Timer {
  at: number;
  kind: TableName;
  id: string;
  what: string;
  /** The test clock whose time counts, or null for the time of the world. */
  clock: string | null;
}

interface Waiting {
  timer: Timer;
  turn: number;
}

export interface Timers {
  byName: Map<string, Waiting>;
  queues: Map<string | null, Waiting[]>;
  turns: number;
}

export function openTimers(): Timers {
  return { byName: new Map(), queues: new Map(), turns: 0 };
}

export function timerName(timer: Pick<Timer, "kind" | "id" | "what">): string {
  return `${timer.kind}/${timer.id}/${timer.what}`;
}

export function setTimer(timers: Timers, timer: Timer): void {
  const waiting = { timer, turn: timers.turns++ };
  timers.byName.delete(timerName(timer));
  timers.byName.set(timerName(timer), waiting);
  const queue = timers.queues.get(timer.clock) ?? [];
  timers.queues.set(timer.clock, queue);
  queue.push(waiting);
  riseFrom(queue, queue.length - 1);
}

export function cancelTimer(timers: Timers, name: string): void {
  timers.byName.delete(name);
}

/** The earliest timer of this clock, or null. Two of one second come in the order in which they were set. */
export function nextTimer(timers: Timers, clock: string | null): Timer | null {
  const queue = timers.queues.get(clock) ?? [];
  for (let first = queue[0]; first; first = queue[0]) {
    if (timers.byName.get(timerName(first.timer)) === first) return first.timer;
    const last = queue.pop();
    if (last && queue.length > 0) sinkFromTop(queue, last);
  }
  return null;
}

function before(a: Waiting, b: Waiting): boolean {
  return a.timer.at < b.timer.at || (a.timer.at === b.timer.at && a.turn < b.turn);
}

function riseFrom(queue: Waiting[], start: number): void {
  const item = queue[start]!;
  let at = start;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(item, queue[parent]!)) break;
    queue[at] = queue[parent]!;
    at = parent;
  }
  queue[at] = item;
}

function sinkFromTop(queue: Waiting[], item: Waiting): void {
  let at = 0;
  for (;;) {
    const left = at * 2 + 1;
    if (left >= queue.length) break;
    const right = left + 1;
    const child = right < queue.length && before(queue[right]!, queue[left]!) ? right : left;
    if (!before(queue[child]!, item)) break;
    queue[at] = queue[child]!;
    at = child;
  }
  queue[at] = item;
}
