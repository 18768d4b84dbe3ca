import type { Clock } from "../../base/clock";
import { answer, type Command, type Outcome } from "./answer";
import { Draft, type Moment } from "./draft";
import type { Journal } from "./journal";
import type { Kinds } from "./kind";
import { beginAccount } from "./objects/account";
import { EVENTS_KEPT_S } from "./objects/event";
import { passTime } from "./pass-time";
import type { Tables } from "./tables";
import { type Change, commit, openWorld, type World } from "./world";

export type Deliver = (event: Tables["event"]) => void;

/** A world with its clock, its journal and someone to tell about events: the only place where pure parts meet effects. */
export class Simulation {
  readonly world: World;

  constructor(
    readonly kinds: Kinds,
    private readonly outside: { clock: Clock; journal: Journal; deliver: Deliver; seed: number },
  ) {
    this.world = openWorld(kinds, outside.seed);
    for (const changes of outside.journal.read()) commit(this.world, changes);
    outside.journal.compact(this.world);
    if (this.world.shelves.account.inOrder.length === 0) this.act(beginAccount);
  }

  /** The time of the world, in seconds. */
  now = (): number => Math.floor((this.outside.clock.now().getTime() + this.world.aheadMs) / 1000);

  /** Answers a request of the API. What `alsoKeep` adds is committed with it, or not at all. */
  request(command: Command, request: Moment["request"], alsoKeep: (outcome: Outcome) => Change[]): Outcome {
    const now = this.now();
    const outcome = answer(this.world, this.kinds, command, { now, worldNow: now, request });
    this.commit([...outcome.changes, ...alsoKeep(outcome)], outcome.events);
    return outcome;
  }

  /** Does what only Stripe, a bank, a person on a page or the passing of time can do. All of it, or nothing. */
  act<T>(work: (draft: Draft) => T, at = this.now()): T {
    const request = { id: null, idempotency_key: null };
    const draft = new Draft(this.world, this.kinds, { now: at, worldNow: this.now(), request });
    const result = work(draft);
    this.commit(draft.changes, draft.events);
    return result;
  }

  /** Moves the world's clock forward and lets happen what comes due on the way. */
  moveTo(time: number): void {
    const byMs = time * 1000 - (this.outside.clock.now().getTime() + this.world.aheadMs);
    if (byMs > 0) this.commit([{ aheadMs: this.world.aheadMs + byMs }]);
    this.passTime();
  }

  passTime(): void {
    passTime(this);
    this.forget();
  }

  commit(changes: readonly Change[], events: readonly Tables["event"][] = []): void {
    if (changes.length > 0) this.outside.journal.append(changes);
    commit(this.world, changes);
    for (const event of events) this.outside.deliver(event);
  }

  /** Idempotency keys live 24 hours, events 30 days. */
  private forget(): void {
    const now = this.now();
    const old: Change[] = [];
    for (const [reply, { at }] of this.world.replies) {
      if (at > now - 86_400) break;
      old.push({ reply, kept: null });
    }
    for (const { row } of this.world.shelves.event.inOrder) {
      if (row.ours.recorded > now - EVENTS_KEPT_S) break;
      old.push({ drop: "event", id: row.id, remember: false });
    }
    this.commit(old);
  }
}
