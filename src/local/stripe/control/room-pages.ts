import type { Page, Reply, Visit } from "../pages/page";
import { type FormBranch, readForm } from "../read-form";
import { StripeRefusal } from "../refuse";
import { commands } from "./commands";
import { roomPage } from "./room-page";

/** The control room for people: every button is a command of the control room for programs. */
export const roomPages: Page[] = [
  { method: "GET", path: /^\/$/, place: "control", answer: (visit) => roomPage(visit, said(visit)) },
  { method: "POST", path: /^\/act\/([\w-]+)$/, place: "control", answer: actInRoom },
];

async function actInRoom(visit: Visit): Promise<Reply> {
  const known = commands.get(visit.id);
  if (!known) return roomPage(visit, { bad: "There is no such command." });
  try {
    const result = await known.run(visit.desk, readFields(visit.form, known.shows));
    const secret = secretIn(result);
    return { goTo: `/?done=${visit.id}${secret ? `&secret=${encodeURIComponent(secret)}` : ""}` };
  } catch (error) {
    if (error instanceof StripeRefusal) return roomPage(visit, { bad: error.message });
    throw error;
  }
}

function said({ query }: Visit): { good?: string } {
  const done = query.get("done");
  if (!done || !commands.has(done)) return {};
  const secret = query.get("secret");
  return { good: `Done: ${done.replaceAll("-", " ")}.${secret ? ` The secret is ${secret}` : ""}` };
}

/** What a form sent, without what was left empty; lists are written with commas. */
function readFields(form: URLSearchParams, shows: Record<string, string>): FormBranch {
  const filled = new URLSearchParams();
  for (const [name, value] of form) {
    if (name === "token" || value.trim() === "") continue;
    if (!shows[name]?.startsWith("a list")) filled.append(name, value.trim());
    else for (const part of value.split(",")) filled.append(`${name}[]`, part.trim());
  }
  return readForm(filled.toString());
}

function secretIn(result: unknown): string | null {
  if (typeof result !== "object" || result === null || !("secret" in result)) return null;
  return typeof result.secret === "string" ? result.secret : null;
}
