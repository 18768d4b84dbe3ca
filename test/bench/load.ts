import { type Socket, connect } from "node:net";
import { type Webhooks, webhookText } from "./webhook-text";

/** What one run of the load generator sends: the texts in turn, over so many connections, each waiting for its answer. */
export interface Load {
  /** The connections are spread over them. */
  ports: number[];
  /** Whole requests of HTTP/1.1, as they go over the line. */
  requests: string[];
  /** Instead of texts that are given: events that are made and signed as they are sent. */
  webhooks?: Webhooks;
  connections: number;
  ms: number;
  /** Stands in every good answer. */
  expect: string;
}

export interface LoadResult {
  done: number;
  ms: number;
  /** Milliseconds from a request to its answer. */
  p50: number;
  p99: number;
  /** Up to three answers that were not good. */
  wrong: string[];
}

// The parent sends one load after the other; this process does nothing else, so that it costs the server nothing.
process.on("message", (load: Load) => {
  void drive(load).then((result) => process.send?.(result));
});

async function drive(load: Load): Promise<LoadResult> {
  const lines = await Promise.all(
    Array.from({ length: load.connections }, (_, index) => open(load.ports[index % load.ports.length] ?? 0)),
  );
  const times: number[] = [];
  const wrong: string[] = [];
  const began = performance.now();
  const end = began + load.ms;
  let next = Math.floor(Math.random() * load.requests.length);
  const one = (socket: Socket): Promise<void> =>
    new Promise((finished) => {
      let sentAt = 0;
      const send = (): void => {
        sentAt = performance.now();
        if (sentAt >= end) return finished();
        next = (next + 1) % load.requests.length;
        socket.write(load.webhooks ? webhookText(load.webhooks) : (load.requests[next] ?? ""), "latin1");
      };
      hear(socket, (text) => {
        times.push(performance.now() - sentAt);
        if (wrong.length < 3 && (!text.startsWith("HTTP/1.1 200") || !text.includes(load.expect))) wrong.push(text);
        send();
      });
      socket.once("close", finished);
      send();
    });
  await Promise.all(lines.map(one));
  const ms = performance.now() - began;
  for (const socket of lines) socket.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(Math.floor(times.length * share), times.length - 1)] ?? NaN;
  return { done: times.length, ms, p50: at(0.5), p99: at(0.99), wrong };
}

function open(port: number): Promise<Socket> {
  return new Promise((opened, failed) => {
    const socket = connect(port, "127.0.0.1", () => opened(socket));
    socket.setNoDelay(true);
    socket.once("error", failed);
  });
}

/** Calls for each answer. Only as much of HTTP as our own servers speak: every answer says its length. */
function hear(socket: Socket, onAnswer: (text: string) => void): void {
  let waiting = "";
  socket.on("data", (bytes) => {
    waiting = waiting === "" ? bytes.toString("latin1") : waiting + bytes.toString("latin1");
    for (;;) {
      const head = waiting.indexOf("\r\n\r\n");
      if (head === -1) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(waiting.slice(0, head))?.[1] ?? 0);
      const end = head + 4 + length;
      if (waiting.length < end) return;
      const answer = waiting.slice(0, end);
      waiting = waiting.slice(end);
      onAnswer(answer);
    }
  });
}
