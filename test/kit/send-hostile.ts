import http from "node:http";
import type { Hostile } from "./hostile-requests";

export interface HostileAnswer {
  status: number;
  type: string;
  text: string;
}

/** Sends what `fetch` would refuse to send: any method, several headers of one name, bodies with GET. */
export function sendHostile(url: string, hostile: Hostile, authorization: string): Promise<HostileAnswer> {
  const { hostname, port } = new URL(url);
  const { body, path = "/graphql", method = body === undefined ? "GET" : "POST" } = hostile;
  const headers = {
    authorization,
    ...hostile.headers,
    ...(body === undefined ? {} : { "content-length": `${Buffer.byteLength(body)}` }),
  };
  // No credential at all is written as an empty list.
  const given = Object.entries(headers).filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return new Promise((answered, failed) => {
    const options = { hostname, port, path, method, headers: Object.fromEntries(given), agent: false };
    const request = http.request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", failed);
      response.on("end", () =>
        answered({
          status: response.statusCode ?? 0,
          type: response.headers["content-type"] ?? "",
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on("error", failed);
    request.end(body);
  });
}
