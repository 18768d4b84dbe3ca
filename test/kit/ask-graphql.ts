export interface TestError {
  message: string;
  path?: (string | number)[];
  locations?: unknown[];
  extensions: { code: string; retryable: boolean; field?: string; details?: Record<string, unknown> };
}

export interface TestAnswer {
  status: number;
  headers: Headers;
  text: string;
  data?: Record<string, unknown> | null;
  errors?: TestError[];
}

export interface Question {
  query?: string;
  variables?: Record<string, unknown>;
  operationName?: string;
  extensions?: unknown;
}

/** Asks as a plain caller would, by POST. */
export function askGraphql(url: string, question: Question, headers: Record<string, string> = {}): Promise<TestAnswer> {
  return send(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(question),
  });
}

/** Sends anything, and reads the answer if it is JSON. */
export async function send(url: string, init: RequestInit): Promise<TestAnswer> {
  const response = await fetch(url, { redirect: "manual", ...init });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  const body: Pick<TestAnswer, "data" | "errors"> = isJson && text ? JSON.parse(text) : {};
  return { status: response.status, headers: response.headers, text, ...body };
}
