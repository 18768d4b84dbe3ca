import type { Page, Reply, Visit } from "../pages/page";
import { type FormBranch, readForm } from "../read-form";
import { StripeRefusal } from "../refuse";
import { commands } from "./commands";
import { roomPage, type Said } from "./room-page";
import type { RoomVisit } from "./room-visit";
import { surePage } from "./sure-page";

/** The control room for people: every button is a command of the control room for programs. */
export const roomPages: Page[] = [
  { method: "GET", path: /^\/$/, place: "control", answer: (visit) => roomPage(toRoomVisit(visit), said(visit)) },
  { method: "GET", path: /^\/sure\/([\w-]+)$/, place: "control", answer: surePage },
  { method: "POST", path: /^\/act\/([\w-]+)$/, place: "control", answer: actInRoom },
];

async function actInRoom(visit: Visit): Promise<Reply> {
  const known = commands.get(visit.id);
  if (!known) return refused(visit, "There is no such command.");
  const at = visit.form.get("at") ?? "";
  try {
    const result = await known.run(visit.desk, readFields(visit.form, known.shows));
    const secret = secretIn(result);
    const told = new URLSearchParams({ done: visit.id, at, ...(secret ? { secret } : {}) });
    return { goTo: `/?${told.toString()}` };
  } catch (error) {
    if (error instanceof StripeRefusal) return refused(visit, error.message);
    throw error;
  }
}

function refused(visit: Visit, bad: string): Reply {
  const at = visit.form.get("at");
  const isTyped = at === `do-${visit.id}`;
  return roomPage({ ...visit, opened: at, refusedCommand: isTyped ? visit.id : null }, { bad });
}

function toRoomVisit(visit: Visit): RoomVisit {
  return { ...visit, opened: visit.query.get("at"), refusedCommand: null };
}

function said({ query }: Visit): Said {
  const done = query.get("done");
  if (!done || !commands.has(done)) return {};
  const secret = query.get("secret");
  return { good: `Done: ${done.replaceAll("-", " ")}.${secret ? ` The secret is ${secret}` : ""}` };
}

/** What a form sent, without what was left empty; lists are written with commas. */
function readFields(form: URLSearchParams, shows: Record<string, string>): FormBranch {
  const filled = new URLSearchParams();
  for (const [name, value] of form) {
    if (name === "token" || name === "at" || value.trim() === "") continue;
    if (!shows[name]?.startsWith("a list")) filled.append(name, value.trim());
    else for (const part of value.split(",")) filled.append(`${name}[]`, part.trim());
  }
  return readForm(filled.toString());
}

function secretIn(result: unknown): string | null {
  if (typeof result !== "object" || result === null || !("secret" in result)) return null;
  return typeof result.secret === "string" ? result.secret : null;
}
