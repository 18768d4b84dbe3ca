import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Knows which connections are being answered, so that a stop can tell those from the ones that only wait. */
export interface Connections {
  begin(request: IncomingMessage, response: ServerResponse): void;
  /** The body of this request may take longer than others. */
  allowLong(request: IncomingMessage): void;
  /** Cuts those whose body is still not there after so long. */
  cutSlow(bodyMsMax: number): void;
  isAnswering(socket: Duplex): boolean;
  closeIdle(): void;
  cutAll(): void;
}

interface Running {
  count: number;
  /** The one whose body may still be on its way: those before it on this connection are complete. */
  latest: IncomingMessage | null;
  since: number;
}

export function trackConnections(server: Server): Connections {
  const running = new Map<Duplex, Running>();
  const long = new WeakSet<IncomingMessage>();
  let closing = false;

  server.on("connection", (socket) => {
    running.set(socket, { count: 0, latest: null, since: 0 });
    socket.once("close", () => running.delete(socket));
  });

  function end(socket: Duplex): void {
    const state = running.get(socket);
    if (!state) return;
    state.count--;
    if (closing && state.count === 0) socket.end();
  }

  return {
    begin: (request, response) => {
      const { socket } = request;
      const state = running.get(socket);
      if (!state) return;
      state.count++;
      state.latest = request;
      state.since = performance.now();
      response.once("close", () => end(socket));
    },
    allowLong: (request) => void long.add(request),
    cutSlow: (bodyMsMax) => {
      const before = performance.now() - bodyMsMax;
      for (const [socket, { count, latest, since }] of running) {
        const isSlow = count > 0 && latest?.complete === false && since < before && !long.has(latest);
        if (isSlow) socket.destroy();
      }
    },
    isAnswering: (socket) => (running.get(socket)?.count ?? 0) > 0,
    closeIdle: () => {
      closing = true;
      for (const [socket, { count }] of running) if (count === 0) socket.destroy();
    },
    cutAll: () => {
      for (const socket of running.keys()) socket.destroy();
    },
  };
}
