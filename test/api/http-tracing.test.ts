import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { type Server, createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { nameOfStatement } from "../../src/app/trace-attributes";
import { root } from "../kit/read-sources";
import { runCliApart } from "../kit/run-cli";
import { type TestDatabase, createTestDatabase } from "../kit/test-database";

const COMPILED = path.join(root, "dist/src");
const PROCESS = path.join(root, "test/kit/traced-process.cjs");

interface SentSpan {
  name: string;
  kind: number;
  spanId: string;
  traceId: string;
  parentSpanId?: string;
  attributes: { key: string; value: unknown }[];
}

interface Collector {
  url: string;
  paths: string[];
  texts: string[];
  spans(): SentSpan[];
  close(): void;
}

let database: TestDatabase;
beforeAll(async () => {
  // Whatever it says, it is compiled afterwards.
  await runCliApart(["--help"]);
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe("traces", () => {
  let collector: Collector;
  beforeAll(async () => {
    collector = await startCollector();
    await run(COMPILED, { TEST_OTLP_ENDPOINT: collector.url, DATABASE_URL: database.url });
  });
  afterAll(() => collector.close());

  const SERVER = 2;
  const CLIENT = 3;

  test("are sent before the process ends, where OTLP expects them", () => {
    expect(new Set(collector.paths)).toEqual(new Set(["POST /v1/traces"]));
    expect(collector.texts[0]).toContain('"key":"service.name","value":{"stringValue":"latchkey"}');
  });

  test("have one span for each request, and none for health", () => {
    const requests = collector.spans().filter((span) => span.kind === SERVER);
    expect(requests.map((span) => attributesOf(span)["http.request.method"])).toEqual([{ stringValue: "GET" }]);
  });

  test("have one span for each statement, under its request and by its own name", () => {
    const [request] = collector.spans().filter((span) => span.kind === SERVER);
    const statements = collector.spans().filter((span) => span.kind === CLIENT && !span.name.startsWith("GET"));
    expect(statements.map((span) => span.name)).toEqual(["test.named"]);
    expect(statements[0]).toMatchObject({ traceId: request?.traceId, parentSpanId: request?.spanId });
  });

  test("hold no credential, no document, no parameter and no address", () => {
    expect(collector.texts.join("")).toContain("test.named");
    expect(collector.texts.join("")).not.toMatch(/header-secret|document-secret|parameter-secret|127\.0\.0\.1|select/);
  });
});

test("a collector that is away keeps nobody from stopping", async () => {
  const out = await run(COMPILED, { TEST_OTLP_ENDPOINT: "http://127.0.0.1:1", DATABASE_URL: database.url });
  expect(out).toContain("done");
});

test("no endpoint, no traces, and no package is loaded", async () => {
  expect(await run(COMPILED, {})).toBe("done\n");
});

test("packages that are not installed cost a warning, not the start", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "latchkey-tracing-"));
  for (const file of ["app/start-tracing.js", "app/trace-attributes.js", "base/durations.js"]) {
    cpSync(path.join(COMPILED, file), path.join(folder, file));
  }
  const out = await run(folder, { TEST_OTLP_ENDPOINT: "http://127.0.0.1:1" });
  expect(out).toMatch(/^WARN .*not installed.*\ndone\n$/);
  rmSync(folder, { recursive: true });
});

test.each([
  ["/* grants.findForUser */ select 1", "grants.findForUser"],
  ["  /*users.byId*/ select 1", "users.byId"],
  ["select 1 /* not.a.name */", null],
])("the name of %s is %s", (text, name) => {
  expect(nameOfStatement(text)).toBe(name);
});

async function run(compiled: string, env: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROCESS, compiled], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
  });
  return stdout;
}

function attributesOf(span: SentSpan): Record<string, unknown> {
  return Object.fromEntries(span.attributes.map(({ key, value }) => [key, value]));
}

async function startCollector(): Promise<Collector> {
  const paths: string[] = [];
  const texts: string[] = [];
  const server: Server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      paths.push(`${request.method} ${request.url}`);
      texts.push(text);
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const spansIn = (text: string): SentSpan[] =>
    JSON.parse(text).resourceSpans.flatMap((resource: { scopeSpans: { spans: SentSpan[] }[] }) =>
      resource.scopeSpans.flatMap((scope) => scope.spans),
    );
  return {
    url: `http://127.0.0.1:${port}`,
    paths,
    texts,
    spans: () => texts.flatMap(spansIn),
    close: () => void server.close(),
  };
}
