import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isLocalHost } from "../base/local-caller";
import { Refusal } from "../base/refusal";
import { findAssets } from "./find-assets";
import type { HttpRequest, Route } from "./route";

export interface GraphiqlPage {
  /** The demo key that the page sends for callers on this machine; null leaves the header to be typed. */
  key: string | null;
  /** Returns what the editor begins with; asked for each page. */
  query: () => string;
}

/** The GraphQL editor, from our own files alone. Only ever part of the routing table in local mode. */
export function graphiqlRoutes(page: GraphiqlPage): Route[] {
  return [
    onlyHere("/", () => Promise.resolve({ status: 302, headers: { location: "/graphiql" } })),
    onlyHere("/graphiql", ({ isLocal }) =>
      Promise.resolve({
        status: 200,
        headers: PAGE_HEADERS,
        // Behind a tunnel or a proxy anybody may be looking.
        body: writePage(isLocal ? page : { ...page, key: null }),
      }),
    ),
    onlyHere("/graphiql/:file", answerFile),
  ];
}

// No script and no address but our own. Styles may stand in the page: the editor puts some there while it runs.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": POLICY,
  "cache-control": "no-store",
};

/** The page holds a key. A site whose name was pointed at this machine must not read it, so the name has to be ours. */
function onlyHere(path: string, answer: Route["answer"]): Route {
  return {
    path,
    methods: ["GET"],
    isPage: true,
    answer: (request) => {
      if (isLocalHost(request.headers.host)) return answer(request);
      throw new Refusal("NOT_FOUND", { say: "Open this page as http://localhost." });
    },
  };
}

const types: ReadonlyMap<string, string> = new Map([
  ["start.js", "text/javascript; charset=utf-8"],
  ["graphiql.min.js", "text/javascript; charset=utf-8"],
  ["react.production.min.js", "text/javascript; charset=utf-8"],
  ["react-dom.production.min.js", "text/javascript; charset=utf-8"],
  ["graphiql.min.css", "text/css; charset=utf-8"],
]);

async function answerFile({ params }: HttpRequest) {
  const name = params["file"] ?? "";
  const type = types.get(name);
  if (!type) throw new Refusal("NOT_FOUND", { say: "There is no such file." });
  const body = await readFile(join(findAssets("graphiql"), name));
  return { status: 200, headers: { "content-type": type, "cache-control": "public, max-age=3600" }, body };
}

// On a phone the answer stands below the query: beside it, neither could be read.
const STYLE = `
body { margin: 0; }
#graphiql { height: 100vh; height: 100dvh; }
@media (max-width: 48rem) {
  .graphiql-container #graphiql-session { flex-direction: column; }
  .graphiql-container .graphiql-horizontal-drag-bar { display: none; }
}
`;

function writePage({ key, query }: GraphiqlPage): string {
  const headers = key === null ? "{}" : JSON.stringify({ Authorization: `Bearer ${key}` }, null, 2);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Latchkey</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/graphiql/graphiql.min.css" />
    <style>${STYLE}</style>
  </head>
  <body>
    <div id="graphiql" data-endpoint="/graphql" data-headers="${escape(headers)}" data-query="${escape(query())}"></div>
    <script src="/graphiql/react.production.min.js"></script>
    <script src="/graphiql/react-dom.production.min.js"></script>
    <script src="/graphiql/graphiql.min.js"></script>
    <script src="/graphiql/start.js"></script>
  </body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter);
}
