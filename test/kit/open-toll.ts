import { type IncomingMessage, type ServerResponse, createServer, request as ask } from "node:http";

/** What happens to a request on its way: it goes on, is answered with a status or a whole answer, or waits for release. */
export type Fate = "PASS" | "HANG" | 429 | 500 | { status: number; body: object };

/** A gate on the road from Latchkey to Stripe, where requests are counted and can be kept from going on. */
export interface Toll {
  url: string;
  /** `GET /v1/subscriptions/sub_…`, in the order in which they came, whatever became of them. */
  seen: string[];
  /** When each of them came, in milliseconds of this process; and when Stripe answered that it was too often. */
  cameAt: number[];
  refusedAt: number[];
  leadTo(url: string): void;
  /** From now on. */
  decide(fate: (request: string) => Fate): void;
  /** Lets everything that hangs go on. */
  release(): void;
  close(): Promise<void>;
}

export async function openToll(): Promise<Toll> {
  const seen: string[] = [];
  const cameAt: number[] = [];
  const refusedAt: number[] = [];
  const answered = (status: number | undefined) => void (status === 429 && refusedAt.push(performance.now()));
  const hanging: (() => void)[] = [];
  let target = "";
  let fateOf: (request: string) => Fate = () => "PASS";
  const server = createServer((request, response) => {
    const name = `${request.method ?? ""} ${request.url ?? ""}`;
    seen.push(name);
    cameAt.push(performance.now());
    const fate = fateOf(name);
    if (fate === "HANG") return void hanging.push(() => passOn(target, request, response, answered));
    if (fate === "PASS") return passOn(target, request, response, answered);
    if (typeof fate === "object") {
      response.writeHead(fate.status, { "content-type": "application/json" });
      return response.end(JSON.stringify(fate.body));
    }
    const error = { type: fate === 429 ? "rate_limit_error" : "api_error", message: "At the toll." };
    response.writeHead(fate, { "content-type": "application/json", "stripe-should-retry": "false" });
    response.end(JSON.stringify({ error }));
  });
  const port = await new Promise<number>((done) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      done(typeof address === "object" && address ? address.port : 0);
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    cameAt,
    refusedAt,
    leadTo: (url) => void (target = url),
    decide: (fate) => void (fateOf = fate),
    release: () => hanging.splice(0).forEach((goOn) => goOn()),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function passOn(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  answered: (status: number | undefined) => void,
): void {
  const { method, headers } = request;
  const onward = ask(new URL(request.url ?? "", target), { ...(method && { method }), headers }, (answer) => {
    answered(answer.statusCode);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}
