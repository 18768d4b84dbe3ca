import { createServer, type IncomingHttpHeaders, type Server } from "node:http";

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  signature: string;
}

export interface Receiver {
  url: string;
  got: Received[];
  /** Types of the snapshot events, in the order in which they came. */
  types(): string[];
  /** What it answers from now on; 200 when nothing is said. A promise makes the sender wait. */
  answerWith(answer: (received: Received) => number | Promise<number>): void;
  close(): Promise<void>;
}

/** A small receiving server: it keeps what came, byte for byte. */
export async function openReceiver(): Promise<Receiver> {
  const got: Received[] = [];
  let answer: (received: Received) => number | Promise<number> = takes;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      // Buyers come back here, too.
      if (request.method !== "POST") {
        response.setHeader("Content-Type", "text/html").end("<h1>The shop</h1>");
        return;
      }
      const { headers } = request;
      const received = {
        headers,
        body: Buffer.concat(chunks).toString("utf8"),
        signature: String(headers["stripe-signature"]),
      };
      got.push(received);
      void Promise.resolve(answer(received)).then((status) => response.writeHead(status).end());
    });
  });
  return {
    url: `http://127.0.0.1:${await listen(server)}/webhooks`,
    got,
    types: () => got.map(({ body }) => typeOf(body)),
    answerWith: (next) => {
      answer = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function takes(): number {
  return 200;
}

function typeOf(body: string): string {
  const event: { type: string } = JSON.parse(body);
  return event.type;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}
