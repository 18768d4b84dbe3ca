import { Client } from "pg";

/** What was sent to the database while some work was done, one text each, whoever sent it in this process. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  const { query } = Client.prototype;
  // oxlint-disable-next-line typescript/no-explicit-any -- the driver's own signature has a dozen forms
  Client.prototype.query = function spy(this: Client, ...args: any[]): any {
    const [first] = args as [string | { text?: string }];
    sent.push(typeof first === "string" ? first : (first.text ?? "?"));
    return (query as (...all: unknown[]) => unknown).apply(this, args);
  } as typeof query;
  try {
    await work();
  } finally {
    Client.prototype.query = query;
  }
  return sent.filter((text) => !BACKGROUND.test(text));
}

// What a server does by its own clock, and the look-up of the credential, which each request costs once.
const BACKGROUND =
  /\/\* (rates\.(sweep|share)|keys\.(used|byHash)|webhookCounts\.add|inbox\.claim|jobs\.claim|facts\.marked|customerLinks\.claimPushes|pushedNames\.claim) \*\/|"ApiKeyEntity"\."hash" = |"ConnectionEntity"\."status" [!=<]/;
