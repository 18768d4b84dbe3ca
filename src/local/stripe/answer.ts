import { atVersion } from "./delivery/versions/at-version";
import { lookUp } from "./delivery/versions/look-up";
import { Draft, type Moment } from "./draft";
import { expandAnswer } from "./expand";
import type { Kinds, Route } from "./kind";
import { list, readParams, text } from "./params";
import type { FormBranch } from "./read-form";
import { type ErrorBody, StripeRefusal } from "./refuse";
import { API_VERSION, type Rendered } from "./stored";
import type { Tables } from "./tables";
import type { Change, World } from "./world";

/** What comes of one command. Nothing has happened yet: the shell commits the changes and delivers the events. */
export interface Outcome {
  status: number;
  body: Rendered | { error: ErrorBody };
  changes: readonly Change[];
  events: readonly Tables["event"][];
}

export interface Command {
  route: Route;
  ids: Record<string, string>;
  form: FormBranch;
  /** The version of the API in whose shape the caller wants the answer. */
  version?: string;
}

const everywhere = { expand: list(text()) };

/** The reducer: state + command + time -> answer + changes + events. */
export function answer(world: World, kinds: Kinds, command: Command, moment: Moment): Outcome {
  const draft = new Draft(world, kinds, moment);
  try {
    const { expand, ...form } = command.form;
    const paths = readParams(everywhere, expand === undefined ? {} : { expand }).expand ?? [];
    const pinned = expandAnswer(draft, command.route.answer(draft, form, command.ids), paths);
    const { version = API_VERSION } = command;
    const body = version === API_VERSION ? pinned : atVersion(pinned, version, lookUp(draft));
    return { status: 200, body, changes: draft.changes, events: draft.events };
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
    return refused(draft, error);
  }
}

function refused(draft: Draft, { status, error, keepsChanges }: StripeRefusal): Outcome {
  const kept = keepsChanges ? { changes: draft.changes, events: draft.events } : { changes: [], events: [] };
  return { status, body: { error }, ...kept };
}
