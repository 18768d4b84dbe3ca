import { Bug } from "../base/refusal";

/** The server that the demo data go to, through its public API like anybody's. */
export interface DemoApi {
  /** The server's address, such as `http://127.0.0.1:4000`. */
  url: string;
  /** An administrator's key. */
  key: string;
}

// What has been done before is done.
const DONE_BEFORE = new Set(["KEY_TAKEN", "EXTERNAL_ID_TAKEN", "EMAIL_TAKEN", "STRIPE_PRODUCT_ALREADY_LINKED"]);

export async function run(target: DemoApi, query: string, input: object): Promise<void> {
  const { errors = [] } = await ask(target, query, { input });
  const trouble = errors.find((error) => !DONE_BEFORE.has(error.extensions?.code ?? ""));
  if (trouble) throw new Bug(`the demo data were refused: ${trouble.message}`, { code: trouble.extensions?.code });
}

interface Answer {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string } }[];
}

export async function ask(target: DemoApi, query: string, variables: object): Promise<Answer> {
  const response = await fetch(new URL("/graphql", target.url), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${target.key}` },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as Answer;
  if (!answer.data && !answer.errors) throw new Bug("the server gave no answer", { status: response.status });
  return answer;
}
