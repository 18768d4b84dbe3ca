import type { IncomingMessage, ServerResponse } from "node:http";
import { readPostedText } from "../pages/read-posted";
import type { FormBranch, FormTree } from "../read-form";
import { StripeRefusal } from "../refuse";
import type { Room } from "./command";
import { commands } from "./commands";
import { listAccounts } from "./list-accounts";
import { LISTS, listWorld, summary } from "./list-world";

interface Answer {
  status: number;
  body: unknown;
}

/** The control room for programs: JSON in, JSON out. A page elsewhere cannot send JSON here, so no token is needed. */
export async function serveControl(room: Room, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://here");
  const { status, body } = await answerControl(room, request, url);
  const headers = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  };
  response.writeHead(status, headers).end(`${JSON.stringify(body, null, 2)}\n`);
}

async function answerControl(room: Room, request: IncomingMessage, url: URL): Promise<Answer> {
  const name = url.pathname.replace(/^\/_control\/?/, "");
  if (request.method === "GET") return answerLook(room, name, url.searchParams);
  const known = commands.get(name);
  if (request.method !== "POST" || !known) return refused(404, `There is no command "${name}".`);
  if (!/^application\/json\b/.test(request.headers["content-type"] ?? "")) {
    return refused(415, "Send JSON, with Content-Type: application/json.");
  }
  const form = readJson((await readPostedText(request)) ?? "[]");
  if (!form) return refused(400, "The body must be a JSON object of at most 100 kB.");
  return runCommand(room, known, form);
}

async function runCommand(
  room: Room,
  known: { run(room: Room, form: FormBranch): unknown },
  form: FormBranch,
): Promise<Answer> {
  try {
    return { status: 200, body: (await known.run(room, form)) ?? {} };
  } catch (error) {
    if (error instanceof StripeRefusal) return { status: error.status, body: { error: error.error } };
    throw error;
  }
}

function answerLook(room: Room, name: string, query: URLSearchParams): Answer {
  room.simulator.control.moveBy(0);
  if (name === "") return { status: 200, body: manual() };
  if (name === "accounts") return { status: 200, body: { data: listAccounts(room) } };
  if (name === "world") return { status: 200, body: summary(room) };
  const list = listWorld(room, name, query);
  return list ? { status: 200, body: list } : refused(404, `There is no list "${name}".`);
}

/** What there is, in a form that a person can read and a program can use. */
function manual(): object {
  const all = [...commands].map(([name, { group, about, shows }]) => [
    `POST /_control/${name}`,
    { group, about, parameters: shows },
  ]);
  const lists = Object.keys(LISTS).map((name) => `GET /_control/${name}?limit=50&customer=&status=&type=&event=`);
  return { lists: ["GET /_control/world", "GET /_control/accounts", ...lists], commands: Object.fromEntries(all) };
}

function refused(status: number, message: string): Answer {
  return { status, body: { error: { type: "invalid_request_error", message } } };
}

/** JSON as the tree of texts that parameters are read from, so that a form and a program say the same. */
function readJson(text: string): FormBranch | null {
  try {
    const json: unknown = JSON.parse(text === "" ? "{}" : text);
    const tree = asTree(json);
    return typeof tree === "object" && !Array.isArray(json) ? tree : null;
  } catch {
    return null;
  }
}

function asTree(value: unknown): FormTree {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return typeof value === "string" ? value : JSON.stringify(value);
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, asTree(inside)]));
}
