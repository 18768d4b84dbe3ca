/** Work in order, a few at a time per name. `settled` waits until nothing is queued, under way or put off. */
export class SendQueue {
  private readonly lanes = new Map<string, { waiting: (() => Promise<void>)[]; running: number }>();
  private readonly putOff = new Set<NodeJS.Timeout>();
  private waiters: (() => void)[] = [];
  private busy = 0;
  private open = true;

  constructor(private readonly parallel: number) {}

  add(lane: string, work: () => Promise<void>, delayMs = 0): void {
    if (!this.open) return;
    this.busy++;
    if (delayMs === 0) return this.enter(lane, work);
    const timer = setTimeout(() => {
      this.putOff.delete(timer);
      this.enter(lane, work);
    }, delayMs);
    this.putOff.add(timer);
  }

  settled(): Promise<void> {
    return this.busy === 0 || !this.open ? Promise.resolve() : new Promise((resolve) => this.waiters.push(resolve));
  }

  close(): void {
    this.open = false;
    for (const timer of this.putOff) clearTimeout(timer);
    for (const lane of this.lanes.values()) lane.waiting = [];
    this.wake();
  }

  private enter(name: string, work: () => Promise<void>): void {
    const lane = this.lanes.get(name) ?? { waiting: [], running: 0 };
    this.lanes.set(name, lane);
    lane.waiting.push(work);
    if (lane.running < this.parallel) void this.run(lane);
  }

  private async run(lane: { waiting: (() => Promise<void>)[]; running: number }): Promise<void> {
    lane.running++;
    for (let work = lane.waiting.shift(); work; work = lane.waiting.shift()) {
      // One after the other is what a lane is for.
      // oxlint-disable-next-line no-await-in-loop
      await work();
      this.busy--;
    }
    lane.running--;
    if (this.busy === 0) this.wake();
  }

  private wake(): void {
    for (const waiter of this.waiters.splice(0)) waiter();
  }
}
