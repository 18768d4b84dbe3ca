import type { Manner } from "./render-body";

/** What is to happen to one event, or to the next few of a type. The oldest instruction that fits is used up first. */
export interface Instruction extends Manner {
  /** An id, a type, the beginning of a type (`invoice.*`), or `*`. */
  event: string;
  endpoint?: string;
  /** How many deliveries it is for; one when nothing is said. */
  count?: number;
  /** Never arrives, not even by a retry. */
  drop?: boolean;
  /** Waits for `release`. */
  hold?: boolean;
  /** How often it is sent, in a row. */
  repeat?: number;
  delayMs?: number;
}

export class Instructions {
  private waiting: (Instruction & { count: number })[] = [];

  add(instruction: Instruction): void {
    this.waiting.push({ count: 1, ...instruction });
  }

  all(): readonly Instruction[] {
    return this.waiting;
  }

  clear(): void {
    this.waiting = [];
  }

  take(event: { id: string; type: string }, endpoint: string): Instruction | null {
    const found = this.waiting.find((candidate) => fits(candidate, event, endpoint));
    if (!found) return null;
    found.count--;
    this.waiting = this.waiting.filter(({ count }) => count > 0);
    return found;
  }
}

function fits(wanted: Instruction, { id, type }: { id: string; type: string }, endpoint: string): boolean {
  if (wanted.endpoint && wanted.endpoint !== endpoint) return false;
  if (wanted.event.endsWith("*")) return type.startsWith(wanted.event.slice(0, -1));
  return wanted.event === type || wanted.event === id;
}
