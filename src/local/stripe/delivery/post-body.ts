import { Agent as HttpAgent, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { Attempt } from "../objects/delivery";
import { elsewhere, lookUpLoopback, namesAddressElsewhere } from "./loopback-only";

export interface Post {
  url: string;
  body: string;
  signature: string | undefined;
  timeoutMs: number;
}

export interface Wires {
  http: HttpAgent;
  https: HttpsAgent;
}

export function openWires(): Wires {
  return { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
}

export function closeWires({ http, https }: Wires): void {
  http.destroy();
  https.destroy();
}

/** Sends once. Whatever goes wrong is an answer, never an exception. */
export function postBody(wires: Wires, post: Post): Promise<Omit<Attempt, "at">> {
  const begin = performance.now();
  const ms = (): number => Math.round(performance.now() - begin);
  return new Promise((resolve) => {
    const answered = (status: number): void => resolve({ status, ms: ms(), error: null });
    const failed = (error: Error): void => resolve({ status: null, ms: ms(), error: error.message });
    if (namesAddressElsewhere(new URL(post.url))) return failed(elsewhere());
    open(wires, post, answered).on("error", failed).end(post.body);
  });
}

function open(wires: Wires, post: Post, answered: (status: number) => void): ReturnType<typeof requestHttp> {
  const url = new URL(post.url);
  const secure = url.protocol === "https:";
  const options = {
    method: "POST",
    lookup: lookUpLoopback,
    agent: secure ? wires.https : wires.http,
    signal: AbortSignal.timeout(post.timeoutMs),
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Length": Buffer.byteLength(post.body),
      "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      ...(post.signature === undefined ? {} : { "Stripe-Signature": post.signature }),
    },
  };
  return (secure ? requestHttps : requestHttp)(url, options, (response) => {
    response.resume();
    response.on("error", () => {}).on("close", () => answered(response.statusCode ?? 0));
  });
}
