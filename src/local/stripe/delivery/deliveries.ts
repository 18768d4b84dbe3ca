import type { Clock } from "../../../base/clock";
import type { Draft } from "../draft";
import { type Attempt, deliveryId, deliveryOf, type DeliveryRow, forgetDeliveries } from "../objects/delivery";
import { recordDelivered } from "../objects/event";
import type { Simulator } from "../start-simulator";
import type { Tables } from "../tables";
import { afterAttempt, hasBeenTried } from "./after-attempt";
import { type Instruction, Instructions } from "./instruct";
import { type DeliveryPlan, fateOf, shuffled } from "./plan-deliveries";
import { closeWires, openWires, postBody } from "./post-body";
import { type Manner, renderBody } from "./render-body";
import { SendQueue } from "./send-queue";
import { signBody } from "./sign-body";

export interface DeliveryOptions {
  /** How long an endpoint may take to answer. */
  timeoutMs: number;
  /** The pauses before the second, third ... try, in the time of the world. Stripe's sandbox tries three times more. */
  retryAfterS: readonly number[];
  /** How many deliveries to one endpoint may be under way. With 1, they arrive in the order in which things happened. */
  parallel: number;
  /** What receivers take for now: signatures carry it, even when the world is a year ahead. */
  clock: Clock;
}

type EventRow = Tables["event"];

interface Parcel {
  event: EventRow;
  endpoint: string;
  manner: Manner;
  copies: number;
  delayMs: number;
}

/** Brings every event to every endpoint that listens. What still waits stands in the world, so a restart loses nothing. */
export class Deliveries {
  readonly instructions = new Instructions();
  private readonly wires = openWires();
  private readonly queue: SendQueue;
  private readonly due = new Map<string, { at: number; parcel: Parcel }>();
  private held: Parcel[] = [];
  private lot: Parcel[] = [];
  private lots = 0;
  private plan: DeliveryPlan | null = null;
  private holding = false;
  private watchers: (() => void)[] = [];
  private simulator: Simulator | null = null;

  constructor(private readonly options: DeliveryOptions) {
    this.queue = new SendQueue(options.parallel);
  }

  /** Told of each event after its commit. */
  readonly deliver = (event: EventRow): void => {
    if (!this.simulator) return;
    for (const endpoint of event.ours.waiting) this.accept(event, endpoint);
  };

  /** Begins, with what waited when the process ended. */
  attach(simulator: Simulator): void {
    this.simulator = simulator;
    for (const { row: event } of simulator.world.shelves.event.inOrder) {
      for (const endpoint of event.ours.waiting) this.resume(event, endpoint);
    }
  }

  planDeliveries(plan: DeliveryPlan | null): void {
    this.plan = plan;
  }

  instruct(instruction: Instruction): void {
    this.instructions.add(instruction);
  }

  /** From now on, everything waits for `release`. */
  holdAll(): void {
    this.holding = true;
  }

  /** Sends what was held: the named events first and in this order, then the others (all in an order by lot, with a seed). */
  async release(order: { events?: readonly string[]; seed?: number } = {}): Promise<void> {
    this.holding = false;
    const { events = [], seed } = order;
    const place = ({ event }: Parcel): number => (events.includes(event.id) ? events.indexOf(event.id) : events.length);
    const parcels = this.held.splice(0).toSorted((a, b) => place(a) - place(b));
    for (const parcel of seed === undefined ? parcels : shuffled(parcels, seed)) this.send(parcel);
    await this.settled();
  }

  heldEvents(): string[] {
    return [...new Set(this.held.map(({ event }) => event.id))];
  }

  /** Nothing is on its way. What waits for a retry or for `release` is not on its way. */
  async settled(): Promise<void> {
    this.sendLot();
    await this.queue.settled();
  }

  /** Once more, now, in any manner; to one endpoint or to all that are there. */
  async resend(eventId: string, how: Manner & { endpoint?: string; copies?: number } = {}): Promise<DeliveryRow[]> {
    const { endpoint: wanted, copies = 1, ...manner } = how;
    const { event, endpoints } = this.act((draft) => ({
      event: draft.get("event", eventId),
      endpoints: wanted ? [draft.get("webhook_endpoint", wanted)] : draft.rows("webhook_endpoint"),
    }));
    for (const { id: endpoint } of endpoints) this.send({ event, endpoint, manner, copies, delayMs: 0 });
    await this.settled();
    return this.act((draft) => draft.rows("delivery", { event: eventId }));
  }

  /** Any bytes at all, signed for this endpoint. */
  async sendBody(endpointId: string, body: string, manner: Pick<Manner, "signature"> = {}): Promise<Attempt> {
    const endpoint = this.act((draft) => draft.get("webhook_endpoint", endpointId));
    return this.post(endpoint, body, manner);
  }

  /** Sends the retries whose time has come. */
  sendDue(): void {
    const now = this.simulator?.control.now() ?? 0;
    for (const [id, { at, parcel }] of this.due) {
      if (at > now) continue;
      this.due.delete(id);
      this.send(parcel);
    }
  }

  /** Waits until every endpoint has answered this event once, or will not soon; at most so long. */
  async answered(eventId: string, mostMs: number): Promise<void> {
    const isOpen = (): boolean =>
      this.act((draft) => {
        const waiting = draft.find("event", eventId)?.ours.waiting ?? [];
        const rows = waiting.map((endpoint) => draft.find("delivery", deliveryId(eventId, endpoint)));
        return rows.some((row) => row === null || !hasBeenTried(row));
      });
    const end = performance.now() + mostMs;
    while (performance.now() < end && isOpen()) {
      // oxlint-disable-next-line no-await-in-loop
      await this.nextAnswer(end - performance.now());
    }
  }

  /** Begins anew, in an empty world. */
  forget(): void {
    this.due.clear();
    this.held = [];
    this.lot = [];
    this.plan = null;
    this.holding = false;
    this.instructions.clear();
  }

  /** How deliveries are held up now. */
  state(): { plan: DeliveryPlan | null; holding: boolean; held: string[]; instructions: readonly Instruction[] } {
    const { plan, holding } = this;
    return { plan, holding, held: this.heldEvents(), instructions: this.instructions.all() };
  }

  close(): void {
    this.queue.close();
    closeWires(this.wires);
    this.simulator = null;
  }

  private accept(event: EventRow, endpoint: string): void {
    const instruction = this.instructions.take(event, endpoint);
    const fate = fateOf(this.plan, event.id, endpoint);
    const { drop, hold, repeat, delayMs, event: _, endpoint: __, count: ___, ...manner } = instruction ?? { event: "" };
    const copies = repeat ?? fate.copies;
    const parcel = { event, endpoint, manner, copies, delayMs: delayMs ?? fate.delayMs };
    if (drop ?? fate.drop) return this.mark(parcel, "dropped");
    if (hold || fate.hold || this.holding) return this.keep(parcel);
    if (!this.plan?.reorder) return this.send(parcel);
    this.lot.push(parcel);
    if (this.lot.length >= this.plan.reorder) this.sendLot();
  }

  private resume(event: EventRow, endpoint: string): void {
    const row = this.act((draft) => draft.find("delivery", deliveryId(event.id, endpoint)));
    const parcel = { event, endpoint, manner: {}, copies: 1, delayMs: 0 };
    if (row?.status === "held") this.held.push(parcel);
    else if (row?.next_at) this.due.set(row.id, { at: row.next_at, parcel });
    else if (!row || row.status === "waiting") this.send(parcel);
  }

  private keep(parcel: Parcel): void {
    this.held.push(parcel);
    this.mark(parcel, "held");
  }

  private sendLot(): void {
    const parcels = shuffled(this.lot.splice(0), `${this.plan?.seed ?? 0}/${this.lots++}`);
    for (const parcel of parcels) this.send(parcel);
  }

  private send(parcel: Parcel): void {
    const { endpoint, copies, delayMs } = parcel;
    for (let copy = 0; copy < copies; copy++) this.queue.add(endpoint, () => this.sendOnce(parcel, copy), delayMs);
  }

  private async sendOnce(parcel: Parcel, copy: number): Promise<void> {
    if (!this.simulator) return;
    const { event, manner } = parcel;
    const endpoint = this.act((draft) => draft.find("webhook_endpoint", parcel.endpoint));
    if (endpoint?.status !== "enabled") return this.mark(parcel, "stopped");
    const body = this.act((draft) => renderBody(draft, event, endpoint, manner));
    const attempt = await this.post(endpoint, body, manner);
    if (this.simulator) this.record(parcel, attempt, copy);
  }

  private async post(endpoint: Tables["webhook_endpoint"], body: string, manner: Manner): Promise<Attempt> {
    const at = this.act((draft) => draft.now);
    const signedAt = Math.floor(this.options.clock.now().getTime() / 1000);
    const signature = signBody(body, endpoint.ours.secrets, signedAt, manner.signature);
    const { timeoutMs } = this.options;
    return { at, ...(await postBody(this.wires, { url: endpoint.url, body, signature, timeoutMs })) };
  }

  private record(parcel: Parcel, attempt: Attempt, copy: number): void {
    const { event, endpoint } = parcel;
    const row = this.act((draft) => {
      const known = deliveryOf(draft, event, endpoint);
      const next = afterAttempt(known, attempt, this.options.retryAfterS, copy > 0);
      forgetDeliveries(draft);
      if (next.status === "delivered") recordDelivered(draft, event.id, endpoint);
      return draft.put(next);
    });
    if (row.next_at !== null) this.due.set(row.id, { at: row.next_at, parcel: { ...parcel, manner: {}, copies: 1 } });
    if (row.next_at === attempt.at) this.sendDue();
    this.tell();
  }

  private mark({ event, endpoint }: Parcel, status: DeliveryRow["status"]): void {
    this.act((draft) => draft.put({ ...deliveryOf(draft, event, endpoint), status, next_at: null }));
    this.tell();
  }

  private tell(): void {
    for (const watcher of this.watchers.splice(0)) watcher();
  }

  private nextAnswer(mostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, mostMs);
      this.watchers.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private act<T>(work: (draft: Draft) => T): T {
    if (!this.simulator) throw new Error("deliveries were not attached to a simulator");
    return this.simulator.control.act(work);
  }
}
