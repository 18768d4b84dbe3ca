import type { IncomingMessage, ServerResponse } from "node:http";
import { finished } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { Outcome } from "./answer";
import { apiVersions } from "./objects/api-versions";
import { checkPermission, readKey } from "./check-key";
import type { Fault, Faults } from "./faults";
import { findReply, isResult, keyed, type Keyed, keyInUse } from "./idempotency";
import { lockTimeout, type RateLimiter, tooMany } from "./limit-rate";
import { inPinnedWords } from "./older-params";
import { readForm } from "./read-form";
import { invalid, StripeRefusal, unknownRoute } from "./refuse";
import { findRoute } from "./routes";
import type { Simulation } from "./simulation";
import { API_VERSION } from "./stored";
import { type Change, lettersFor } from "./world";

export interface Shell {
  simulation: Simulation;
  faults: Faults;
  rate: RateLimiter;
  missingPermissions: ReadonlyMap<string, readonly string[]>;
  report(error: unknown): void;
  /** Requests so far, for their ids. */
  requests: number;
  /** Idempotency keys of requests that are under way. */
  held: Set<string>;
}

interface Reply {
  status: number;
  text: string;
  headers?: Record<string, string>;
}

interface Asked {
  method: string;
  path: string;
  query: string;
  body: string;
  headers: IncomingMessage["headers"];
  id: string;
}

/** One request of the API, from the socket and back to it. */
export async function serveApi(shell: Shell, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = "/", query = ""] = (request.url ?? "/").split("?");
  const id = `req_${lettersFor(shell.simulation.world.seed, -++shell.requests, 14)}`;
  const asked = {
    method: request.method ?? "GET",
    path,
    query,
    body: await readBody(request),
    headers: request.headers,
    id,
  };
  await whileHolding(shell, asked, response, async () => {
    const fault = shell.faults.take(asked.method, path);
    await answerUnderFault(shell, asked, fault, request, response);
  });
}

/** A second request with the same idempotency key, while the first is under way, is turned away. */
async function whileHolding(
  shell: Shell,
  asked: Asked,
  response: ServerResponse,
  work: () => Promise<void>,
): Promise<void> {
  const key = header(asked, "idempotency-key");
  if (!key) return work();
  if (shell.held.has(key)) return send(response, asked, refusal(keyInUse(key)), null);
  shell.held.add(key);
  await work().finally(() => shell.held.delete(key));
}

async function answerUnderFault(
  shell: Shell,
  asked: Asked,
  fault: Fault | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (fault?.kind === "slow") await wait(fault.ms);
  if (fault?.kind === "reset" && fault.when === "before") return void request.socket.destroy();
  const reply = answerOrRefuse(shell, asked, fault);
  if (fault?.kind === "reset") return void request.socket.destroy();
  send(response, asked, reply, fault);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  await finished(request);
  return Buffer.concat(chunks).toString("utf8");
}

function answerOrRefuse(shell: Shell, asked: Asked, fault: Fault | null): Reply {
  try {
    return answerAsked(shell, asked, fault);
  } catch (error) {
    if (error instanceof StripeRefusal) return refusal(error);
    shell.report(error);
    return ourFault();
  }
}

function answerAsked(shell: Shell, asked: Asked, fault: Fault | null): Reply {
  const { simulation } = shell;
  const key = readKey(asked.headers.authorization);
  checkVersion(asked.headers["stripe-version"]);
  const write = asked.method !== "GET";
  shell.rate.take(write ? "write" : "read");
  if (fault?.kind === "rate-limit") throw tooMany();
  if (fault?.kind === "lock-timeout") throw lockTimeout();
  if (fault?.kind === "error-before") return ourFault();
  const found = findRoute(asked.method, asked.path);
  if (!found) throw unknownRoute(asked.method, asked.path);
  const account = simulation.world.shelves.account.inOrder[0]?.row.id ?? "";
  checkPermission(key, { table: found.table, write, account }, shell.missingPermissions);
  // An advance does not wait for the one before it, and is refused while that is under way.
  if (!isAdvance(asked)) simulation.passTime();
  const idempotencyKey = header(asked, "idempotency-key");
  const name = keyed(idempotencyKey, key, asked.method, `${asked.path}?${asked.query}\n${asked.body}`);
  const kept = name && findReply(simulation.world, name, simulation.now());
  if (kept) return { status: kept.status, text: kept.body, headers: { "Idempotent-Replayed": "true" } };
  const command = {
    route: found.route,
    ids: found.ids,
    form: inPinnedWords(readForm(asked.query, asked.body), { ...asked, version: header(asked, "stripe-version") }),
    version: header(asked, "stripe-version") ?? API_VERSION,
  };
  const replyTo = (outcome: Outcome): Reply =>
    fault?.kind === "error-after" ? ourFault() : asReply(outcome.status, outcome.body);
  const caller = { id: asked.id, idempotency_key: idempotencyKey ?? null };
  const outcome = simulation.request(command, caller, (result) =>
    name && isResult(result) ? [keptReply(name, replyTo(result), simulation.now())] : [],
  );
  return replyTo(outcome);
}

function isAdvance({ method, path }: Asked): boolean {
  return method === "POST" && /^\/v1\/test_helpers\/test_clocks\/[^/]+\/advance$/.test(path);
}

function keptReply({ key, fingerprint }: Keyed, { status, text }: Reply, at: number): Change {
  return { reply: key, kept: { at, fingerprint, status, body: text } };
}

// Before it, more of the API was different than what the shapes of older versions undo.
const OLDEST = "2020-03-02";

function checkVersion(version: string | string[] | undefined): void {
  const given = version === undefined ? API_VERSION : String(version);
  if (apiVersions.has(given) && given >= OLDEST) return;
  if (!apiVersions.has(given)) throw invalid(`Invalid Stripe API version: ${given}`);
  throw invalid(`The version ${given} of the API is not simulated: the oldest is ${OLDEST}.`);
}

function header(asked: Asked, name: string): string | undefined {
  const value = asked.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function asReply(status: number, body: object): Reply {
  return { status, text: JSON.stringify(body, null, 2) };
}

function refusal({ status, error, headers }: StripeRefusal): Reply {
  return { ...asReply(status, { error }), headers };
}

function ourFault(): Reply {
  const message = "Sorry, there was an error on our end. Please try again.";
  return asReply(500, { error: { type: "api_error", message } });
}

const PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";

function send(response: ServerResponse, asked: Asked, reply: Reply, fault: Fault | null): void {
  if (fault?.kind === "html") return void response.writeHead(502, { "Content-Type": "text/html" }).end(PAGE);
  const bytes = Buffer.from(reply.text);
  const idempotencyKey = header(asked, "idempotency-key");
  const account = header(asked, "stripe-account");
  response.writeHead(reply.status, {
    "Content-Type": "application/json",
    "Content-Length": bytes.length,
    "Request-Id": asked.id,
    "Stripe-Version": header(asked, "stripe-version") ?? API_VERSION,
    ...(idempotencyKey ? { "Idempotency-Key": idempotencyKey } : {}),
    ...(account ? { "Stripe-Account": account } : {}),
    ...reply.headers,
  });
  if (fault?.kind !== "truncated") return void response.end(bytes);
  // Half of what the header promised, and then silence.
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
}
