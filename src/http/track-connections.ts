import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Knows which connections are being answered, so that a stop can tell those from the ones that only wait. */
export interface Connections {
  begin(request: IncomingMessage, response: ServerResponse): void;
  isAnswering(socket: Duplex): boolean;
  closeIdle(): void;
  cutAll(): void;
}

export function trackConnections(server: Server): Connections {
  const running = new Map<Duplex, number>();
  let closing = false;

  server.on("connection", (socket) => {
    running.set(socket, 0);
    socket.once("close", () => running.delete(socket));
  });

  function end(socket: Duplex): void {
    const left = (running.get(socket) ?? 1) - 1;
    if (!running.has(socket)) return;
    running.set(socket, left);
    if (closing && left === 0) socket.end();
  }

  return {
    begin: ({ socket }, response) => {
      running.set(socket, (running.get(socket) ?? 0) + 1);
      response.once("close", () => end(socket));
    },
    isAnswering: (socket) => (running.get(socket) ?? 0) > 0,
    closeIdle: () => {
      closing = true;
      for (const [socket, count] of running) if (count === 0) socket.destroy();
    },
    cutAll: () => {
      for (const socket of running.keys()) socket.destroy();
    },
  };
}
