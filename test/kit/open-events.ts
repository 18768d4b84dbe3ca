import { Bug } from "../../src/base/refusal";
import type { Question, TestError } from "./ask-graphql";

/** What stands in the data of an event `next`. */
export interface Told<Data = Record<string, unknown>> {
  data?: Data | null;
  errors?: TestError[];
}

export interface Events {
  status: number;
  headers: Headers;
  /** The next event `next`; null: the stream was completed. */
  next<Data>(): Promise<Told<Data> | null>;
  /** All that comes until it is completed. */
  rest<Data>(): Promise<Told<Data>[]>;
  /** Every byte that came so far. */
  text(): string;
  hangUp(): void;
}

export interface Opening {
  authorization: string;
  accept?: string;
  method?: "POST" | "GET";
}

/** Asks for a stream of events as a browser's `fetch` would, and reads it event by event. */
export async function openEvents(url: string, question: Question, opening: Opening): Promise<Events> {
  const { authorization, accept = "text/event-stream", method = "POST" } = opening;
  const abort = new AbortController();
  const search = new URLSearchParams({
    query: question.query ?? "",
    variables: JSON.stringify(question.variables ?? {}),
  });
  const response = await fetch(method === "GET" ? `${url}?${search.toString()}` : url, {
    method,
    headers: { accept, authorization, ...(method === "POST" ? { "content-type": "application/json" } : {}) },
    ...(method === "POST" ? { body: JSON.stringify(question) } : {}),
    signal: abort.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let all = "";
  let unread = "";

  async function block(): Promise<string | null> {
    for (;;) {
      const end = unread.indexOf("\n\n");
      if (end !== -1) {
        const found = unread.slice(0, end);
        unread = unread.slice(end + 2);
        return found;
      }
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return null;
      all += value;
      unread += value;
    }
  }

  async function next<Data>(): Promise<Told<Data> | null> {
    for (;;) {
      const text = await block();
      if (text === null) throw new Bug(`the stream ended and was not completed: ${all}`);
      if (text === ":") continue;
      if (text === "event: complete\ndata:") return null;
      const [name, data, ...more] = text.split("\n");
      if (name !== "event: next" || !data?.startsWith("data: ") || more.length > 0) throw new Bug(`no event: ${text}`);
      return JSON.parse(data.slice("data: ".length)) as Told<Data>;
    }
  }

  return {
    status: response.status,
    headers: response.headers,
    next,
    rest: async <Data>() => {
      const told: Told<Data>[] = [];
      for (let event = await next<Data>(); event !== null; event = await next<Data>()) told.push(event);
      return told;
    },
    text: () => all,
    hangUp: () => abort.abort(),
  };
}
