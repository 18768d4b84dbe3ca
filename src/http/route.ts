import type { IncomingHttpHeaders } from "node:http";
import type { Role } from "../graphql/context";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One line of the routing table. HEAD comes with GET, OPTIONS is answered from the table itself. */
export interface Route {
  /** Segments that start with a colon are parameters: `/stripe/webhook/:connection`. Also the name in log and metrics. */
  path: string;
  methods: readonly Method[];
  /** Pages of other origins may call it. Credentials are bearer texts and never cookies, so every origin may. */
  openToBrowsers?: boolean;
  /** People open it in a browser, so its failures are pages for whoever asks for one. */
  isPage?: boolean;
  /** Asked so often that its lines would hide the others; they are written at the level `debug`. */
  quiet?: boolean;
  /** The media type in which failures are sent to a caller with these headers; plain JSON unless a route says otherwise. */
  failureType?(headers: IncomingHttpHeaders): string;
  /** Failures that it throws are answered with their code; anything else is a mistake of ours. */
  answer(request: HttpRequest): Promise<Answer>;
}

export interface HttpRequest {
  method: Method;
  /** Only the headers are sent, so nothing is to be made for the answer. */
  isHead: boolean;
  path: string;
  /** The query string with its question mark; empty when there is none. */
  search: string;
  params: Readonly<Record<string, string>>;
  headers: IncomingHttpHeaders;
  requestId: string;
  /** Whether it was sent by a program on this machine, through no proxy. */
  isLocal: boolean;
  /** The caller that limits count, as far as trusted proxies tell: an IPv4 address or an IPv6 /64 network. */
  address: string;
  /** What the log line of this request tells besides. Filled in by whoever comes to know it. */
  note: RequestNote;
  /** The decoded bytes; refuses more than the limit. Can be read once. */
  readBody(bytesMax?: number): Promise<Buffer>;
  /**
   * The same in pieces, without a limit, for as long as something comes: for those whose credential was looked at. Ends
   * early when the server stops.
   */
  readPieces(): AsyncIterable<Buffer>;
  /** Takes what is on its way and throws it away, so that a refusal is read; not for long. */
  skipBody(): Promise<void>;
}

export interface RequestNote {
  role?: Role;
  operation?: string;
  /** The answer takes as long as its reader likes. */
  stream?: true;
}

export interface Answer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer | AsyncIterable<string | Buffer>;
  /** Told when the connection is gone, which whoever waits for the next piece would learn late. */
  closed?: () => void;
}

export interface JsonAnswer extends Answer {
  body: string;
}

export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): JsonAnswer {
  const type = { "content-type": "application/json; charset=utf-8" };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(value) };
}
