import type { Metrics } from "../base/metrics";
import { Refusal } from "../base/refusal";
import type { Limits } from "../config/config";
import type { Identity } from "./context";
import type { EventStream } from "./write-events";

/** The subscriptions that are open in this process. */
export interface Streams {
  /** A place for one more; refuses it to whoever holds as many as they may. */
  take(identity: Identity): Place;
  /** Some credential is not what it was: everybody is looked at again. */
  check(): void;
  /** This server stops. Whoever reads here asks again, and is answered by another one. */
  endAll(): void;
}

export interface Place {
  fill(stream: EventStream): void;
  leave(): void;
}

export function openStreams({ limits, metrics }: { limits: Limits; metrics: Metrics }): Streams {
  const open = new Set<EventStream>();
  const taken = new Map<string, number>();
  const phase = { isStopping: false };

  function count(subject: string, by: 1 | -1): void {
    const now = (taken.get(subject) ?? 0) + by;
    if (now === 0) taken.delete(subject);
    else taken.set(subject, now);
    if (by > 0) metrics.streams.inc();
    else metrics.streams.dec();
  }

  return {
    take(identity) {
      const isUser = identity.role === "USER";
      const subject = isUser ? `user ${identity.userId}` : `key ${identity.apiKeyId}`;
      const max = isUser ? limits.streamsPerUser : limits.streamsPerKey;
      if ((taken.get(subject) ?? 0) >= max) throw tooMany(max);
      count(subject, 1);
      let mine: EventStream | null = null;
      let isLeft = false;
      return {
        fill: (stream) => {
          open.add((mine = stream));
          if (phase.isStopping) stream.end(stopping());
        },
        leave: () => {
          if (isLeft) return;
          isLeft = true;
          if (mine) open.delete(mine);
          count(subject, -1);
        },
      };
    },
    check: () => {
      for (const stream of open) stream.check();
    },
    endAll: () => {
      phase.isStopping = true;
      for (const stream of open) stream.end(stopping());
    },
  };
}

/** Expected, so it is no line in the log for each of them. */
function stopping(): Refusal {
  return new Refusal("UNAVAILABLE", { say: "This server is stopping. Subscribe again: another one will answer." });
}

function tooMany(max: number): Refusal {
  return new Refusal("LIMIT_EXCEEDED", {
    say: `More than ${max} subscriptions are open. End one of them first.`,
    details: { limit: "streams", max, actual: max + 1 },
  });
}
