/** A request as it goes over the line, whole. */
export function postText(path: string, body: unknown, headers: Record<string, string> = {}): string {
  const text = JSON.stringify(body);
  const all = { host: "127.0.0.1", "content-type": "application/json", ...headers, "content-length": text.length };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`POST ${path} HTTP/1.1`, ...lines, "", text].join("\r\n");
}
