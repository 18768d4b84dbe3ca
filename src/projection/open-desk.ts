import type Stripe from "stripe";
import { type AccountDeps, askAccount, findInAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";

/** What has been read so far in one look, so that nothing is asked for twice. It is thrown away with the look. */
export interface Desk {
  ask<Answer>(asking: (stripe: Stripe) => Promise<Answer>): Promise<Answer>;
  /** The object with this id; null when the connection's account has none. */
  find<Answer>(id: string, asking: (stripe: Stripe) => Promise<Answer>): Promise<Answer | null>;
  /** To the end of the list, whatever its length. */
  all<Row extends { id: string }>(asking: (stripe: Stripe) => Stripe.ApiListPromise<Row>): Promise<Row[]>;
  /** The same question has the same answer for the whole look. */
  once<Answer>(question: string, asking: () => Promise<Answer>): Promise<Answer>;
  /** The answer to a question, read along with something else. */
  lay(question: string, answer: unknown): void;
  has(question: string): boolean;
}

export const PAGE = 100;

export function openDesk(deps: Pick<AccountDeps, "config">, connection: ConnectionEntity): Desk {
  const answers = new Map<string, Promise<unknown>>();
  return {
    ask: (asking) => askAccount(deps, connection, asking),
    find: (id, asking) => findInAccount(deps, connection, id, asking),
    all: (asking) =>
      askAccount(deps, connection, async (stripe) => {
        const rows = [];
        for await (const row of asking(stripe)) rows.push(row);
        return rows;
      }),
    once: <Answer>(question: string, asking: () => Promise<Answer>) => {
      const known = answers.get(question) ?? asking();
      answers.set(question, known);
      return known as Promise<Answer>;
    },
    lay: (question, answer) => void answers.set(question, Promise.resolve(answer)),
    has: (question) => answers.has(question),
  };
}

/** The rest of a list of which an object shows the first page. */
export async function toTheEnd<Row extends { id: string }>(
  desk: Desk,
  { data, has_more: hasMore }: Stripe.ApiList<Row>,
  asking: (stripe: Stripe, page: { limit: number; starting_after?: string }) => Stripe.ApiListPromise<Row>,
): Promise<Row[]> {
  const last = data.at(-1);
  if (!hasMore || !last) return data;
  return [...data, ...(await desk.all((stripe) => asking(stripe, { limit: PAGE, starting_after: last.id })))];
}
