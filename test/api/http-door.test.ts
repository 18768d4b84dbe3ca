import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { Unavailable } from "../../src/base/refusal";
import { askGraphql, send } from "../kit/ask-graphql";
import { bearer, type SmallServer, startSmallServer } from "../kit/start-small-server";
import { untilTrue } from "../kit/until";

let server: SmallServer;
beforeAll(
  async () =>
    (server = await startSmallServer({
      config: { trustedProxies: 1 },
      graphiql: { key: "lk_test_a", query: () => "{ hello }" },
    })),
);
afterAll(() => server.stop());

const json = { "content-type": "application/json" };
const lastLine = () => JSON.parse(server.logged.filter((line) => line.includes('"msg":"request"')).at(-1) ?? "{}");

describe("the credential", () => {
  test("is asked for before anything else, even of broken requests", async () => {
    const answer = await send(server.graphqlUrl, { method: "POST", headers: json, body: "{" });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(answer.errors?.[0]?.extensions).toEqual({ code: "UNAUTHENTICATED", retryable: false });
  });

  test("that is used too often has to wait as long as it is told", async () => {
    const answer = await askGraphql(server.graphqlUrl, { query: "{ hello }" }, bearer("TIRED"));
    expect(answer.status).toBe(429);
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(answer.errors?.[0]?.extensions).toEqual({
      code: "RATE_LIMITED",
      retryable: true,
      details: { retryAfterMs: 1_500 },
    });
  });

  test("comes with the address that the trusted proxy saw, and none that the caller made up", async () => {
    await askGraphql(
      server.graphqlUrl,
      { query: "{ hello }" },
      { ...bearer("READ"), "x-forwarded-for": "6.6.6.6, 9.9.9.9" },
    );
    expect(server.knocks.at(-1)?.address).toBe("9.9.9.9");
  });
});

describe("GET", () => {
  const get = (params: Record<string, string>, headers: Record<string, string> = {}) =>
    send(`${server.graphqlUrl}?${new URLSearchParams(params).toString()}`, {
      headers: { ...bearer("READ"), ...headers },
    });

  test("answers queries", async () => {
    const { status, data } = await get({ query: "query ($n: String) { hello(name: $n) }", variables: '{"n":"you"}' });
    expect([status, data]).toEqual([200, { hello: "hello you" }]);
  });

  test("never changes anything", async () => {
    const { status, headers, errors } = await get({
      query: 'mutation { rename(input: { id: "1", name: "a" }) { id } }',
    });
    expect(status).toBe(405);
    expect(headers.get("allow")).toBe("POST");
    expect(errors?.[0]?.extensions.code).toBe("INVALID_INPUT");
  });

  test("with a strange content type is refused", async () => {
    expect((await get({ query: "{ hello }" }, { "content-type": "text/plain" })).status).toBe(415);
  });
});

test("HEAD is GET without the body", async () => {
  const answer = await send(`${server.url}/health/live`, { method: "HEAD" });
  expect([answer.status, answer.text]).toEqual([200, ""]);
});

test("the answer has the media type that was asked for", async () => {
  const type = "application/graphql-response+json";
  const good = await askGraphql(server.graphqlUrl, { query: "{ hello }" }, { ...bearer("READ"), accept: type });
  expect(good.headers.get("content-type")).toContain(type);
  const html = await askGraphql(server.graphqlUrl, { query: "{ hello }" }, { ...bearer("READ"), accept: "text/html" });
  expect(html.status).toBe(406);
  expect(html.headers.get("content-type")).toMatch(/json/);
});

describe("bodies", () => {
  const post = (body: Uint8Array | string, headers: Record<string, string>) =>
    send(server.graphqlUrl, { method: "POST", headers: { ...bearer("READ"), ...json, ...headers }, body });

  test("may be compressed", async () => {
    const { data } = await post(gzipSync('{"query":"{ hello }"}'), { "content-encoding": "gzip" });
    expect(data).toEqual({ hello: "hello world" });
  });

  test("that grow beyond the limit when they are decompressed are refused", async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000, " "));
    expect(bomb.length).toBeLessThan(20_000);
    const { status, errors } = await post(bomb, { "content-encoding": "gzip" });
    expect(status).toBe(413);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "LIMIT_EXCEEDED", details: { limit: "bodyBytes" } });
  });

  test("may begin with a byte order mark", async () => {
    expect((await post('\uFEFF{"query":"{ hello }"}', {})).data).toEqual({ hello: "hello world" });
  });

  test("that never end are given up after the limit, without an announced length too", async () => {
    const text = await raw(
      `POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer READ\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*LIMIT_EXCEEDED/i);
  });

  test("whose sender hangs up leave a line in the log and nothing else", async () => {
    const socket = connect(server.port, "127.0.0.1");
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer READ\r\nX-Request-Id: hung-up\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    await untilTrue(() => server.knocks.some((knock) => knock.requestId === "hung-up"));
    socket.destroy();
    await untilTrue(() => server.logged.some((line) => line.includes("hung-up") && line.includes('"msg":"request"')));
    const lines = server.logged.filter((line) => line.includes("hung-up"));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "{}")).toMatchObject({ status: 499, level: "info" });
  });
});

describe("addresses", () => {
  test("that do not exist get a coded 404", async () => {
    const answer = await send(`${server.url}/nothing?token=a`, {});
    expect(answer.status).toBe(404);
    expect(answer.errors?.[0]?.extensions.code).toBe("NOT_FOUND");
    expect(lastLine()).toMatchObject({ route: "unknown", status: 404 });
    expect(server.logged.at(-1)).not.toContain("token=a");
  });

  test("that do not exist get a page with a way out in a browser, and the API answers it in JSON as ever", async () => {
    const headers = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
    const answer = await send(`${server.url}/nothing`, { headers });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(answer.text).toMatch(/<h1>There is nothing here<\/h1>.*<a href="\/nothing".*NOT_FOUND/s);
    expect(answer.text).not.toMatch(/<script/);
    const asked = await send(server.graphqlUrl, { headers });
    expect(asked.headers.get("content-type")).toMatch(/json/);
    const posted = await send(`${server.url}/nothing`, { method: "POST", headers });
    expect(posted.errors?.[0]?.extensions.code).toBe("NOT_FOUND");
  });

  test.each(["/", "/graphiql", "/graphiql/start.js"])(
    "of the editor do not exist outside of local mode: %s",
    async (path) => {
      expect((await send(server.url + path, {})).status).toBe(404);
    },
  );

  test("say which methods they take", async () => {
    const answer = await send(server.graphqlUrl, { method: "DELETE", headers: bearer("READ") });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("GET, POST, HEAD, OPTIONS");
    const options = await send(`${server.url}/health/live`, { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
  });

  test("can be added to the table, with parameters in their segments", async () => {
    const more = await startSmallServer({
      routes: [
        {
          path: "/stripe/webhook/:connection",
          methods: ["POST"],
          answer: async (request) => ({
            status: 200,
            body: `${request.params["connection"]} ${(await request.readBody()).length}`,
          }),
        },
        {
          path: "/busy",
          methods: ["GET"],
          isPage: true,
          answer: () => Promise.reject(new Unavailable({ say: "Wait.", details: { retryAfterMs: 2_000 } })),
        },
      ],
    });
    const busy = await send(`${more.url}/busy?a=1`, { headers: { accept: "text/html" } });
    expect([busy.status, busy.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(busy.text).toMatch(/<h1>Just a moment<\/h1><p>Wait\.<\/p><a href="\/busy".*UNAVAILABLE/s);
    expect((await send(`${more.url}/busy`, {})).errors?.[0]?.extensions.code).toBe("UNAVAILABLE");
    const answer = await send(`${more.url}/stripe/webhook/con_1%2F`, { method: "POST", body: "abc" });
    expect(answer.text).toBe("con_1/ 3");
    expect((await send(`${more.url}/stripe/webhook/`, { method: "POST" })).status).toBe(404);
    expect((await send(`${more.url}/stripe/webhook/%FF`, { method: "POST" })).status).toBe(404);
    await more.stop();
  });
});

describe("browsers", () => {
  test("of any origin may ask, because no cookie speaks for anybody", async () => {
    const preflight = await send(server.graphqlUrl, {
      method: "OPTIONS",
      headers: {
        origin: "https://shop.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,baggage,sentry-trace,traceparent,x-datadog-trace-id",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
    const allowed = preflight.headers.get("access-control-allow-headers")?.toLowerCase().split(", ");
    // The star stands for every header but Authorization, as other tracing tools send.
    expect(allowed).toEqual(expect.arrayContaining(["authorization", "baggage", "sentry-trace", "traceparent", "*"]));
    expect(preflight.headers.get("access-control-allow-credentials")).toBeNull();
    const refused = await askGraphql(server.graphqlUrl, { query: "{ hello }" });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, "*"]);
  });

  test("may not read what is not meant for pages", async () => {
    const answer = await send(`${server.url}/health/live`, { headers: { origin: "https://shop.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  test.each(["/graphql", "/health/live", "/nothing"])("are told to be careful with every answer: %s", async (path) => {
    const { headers } = await send(server.url + path, {});
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-powered-by")).toBeNull();
  });
});

describe("request ids", () => {
  test("of callers are kept when they are sane", async () => {
    const answer = await askGraphql(
      server.graphqlUrl,
      { query: "query Named { hello }" },
      { ...bearer("READ"), "x-request-id": "order-7.a" },
    );
    expect(answer.headers.get("x-request-id")).toBe("order-7.a");
    expect(lastLine()).toMatchObject({
      route: "/graphql",
      method: "POST",
      status: 200,
      requestId: "order-7.a",
      role: "READ",
      operation: "Named",
    });
  });

  test.each(["a b", "x".repeat(200), "lk_live_abcdef", '"'])("of other kinds are replaced: %s", async (id) => {
    const answer = await askGraphql(
      server.graphqlUrl,
      { query: "{ hello }" },
      { ...bearer("READ"), "x-request-id": id },
    );
    expect(answer.headers.get("x-request-id")).toMatch(/^[\da-f-]{36}$/);
  });

  test("stand in every answer", async () => {
    for (const path of ["/graphql", "/nothing", "/health/ready"]) {
      expect((await send(server.url + path, {})).headers.get("x-request-id")).toMatch(/^[\da-f-]{36}$/);
    }
  });
});

test("the log holds neither documents nor variables nor credentials nor addresses", async () => {
  const variables = { n: "variable-secret" };
  await askGraphql(
    server.graphqlUrl,
    { query: "query ($n: String) { hello(name: $n) # document-secret\n}", variables },
    { ...bearer("READ"), "x-forwarded-for": "8.8.4.4" },
  );
  await send(`${server.graphqlUrl}?query=%7Bhello%7D&document-secret`, { headers: bearer("READ") });
  expect(server.logged.join("")).not.toMatch(/document-secret|variable-secret|Bearer|8\.8\.4\.4|127\.0\.0\.1/);
});

test("what is no HTTP gets a coded JSON error too", async () => {
  expect(await raw("NONSENSE\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/json[\s\S]*INVALID_INPUT/);
  expect(await raw(`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
});

test("a request that takes too long is answered in time, and may be tried again", async () => {
  const hasty = await startSmallServer({ limits: { requestMsMax: 100 } });
  const { status, errors } = await askGraphql(hasty.graphqlUrl, { query: "{ slow }" }, bearer("READ"));
  expect(status).toBe(503);
  expect(errors?.[0]?.extensions).toMatchObject({ code: "UNAVAILABLE", retryable: true });
  hasty.release();
  await hasty.stop();
});

describe("metrics", () => {
  const metrics = (role?: string) => send(`${server.url}/metrics`, { headers: role ? bearer(role) : {} });

  test("need a server key", async () => {
    expect((await metrics()).status).toBe(401);
    expect((await metrics("PUBLISHABLE")).status).toBe(403);
    expect((await metrics("READ")).status).toBe(200);
  });

  test("are open in local mode", async () => {
    const local = await startSmallServer({ config: { localMode: true } });
    expect((await send(`${local.url}/metrics`, {})).status).toBe(200);
    await local.stop();
  });

  test("count requests, fields by role and refusals, and nobody can invent a series", async () => {
    await askGraphql(server.graphqlUrl, { query: "{ mine: hello }" }, bearer("WRITE"));
    await send(`${server.url}/invented/never-seen`, {});
    const { text } = await metrics("READ");
    expect(text).toMatch(/latchkey_operations_total\{field="hello",role="WRITE"\} 1\n/);
    expect(text).toMatch(/latchkey_http_request_seconds_count\{route="\/graphql",method="POST",status="200"\} \d+/);
    expect(text).toMatch(/latchkey_refusals_total\{code="UNAUTHENTICATED"\} \d+/);
    expect(text).not.toMatch(/invented|mine/);
  });
});

test("the public keys may be kept for a while, by everybody", async () => {
  const { status, headers, text } = await send(`${server.url}/.well-known/jwks.json`, {});
  expect([status, text]).toEqual([200, '{"keys":[{"kid":"one"}]}']);
  expect(headers.get("cache-control")).toBe("public, max-age=300");
  expect(headers.get("access-control-allow-origin")).toBe("*");
});

test("readiness says what is missing and never what was thrown; liveness does not ask", async () => {
  const checks = [
    { name: "keys", missing: () => Promise.resolve(null) },
    { name: "migrations", missing: () => Promise.resolve("Run latchkey migrate.") },
    { name: "database", missing: () => Promise.reject(new Error("connect ECONNREFUSED 10.0.0.7 password=abc")) },
  ];
  const poor = await startSmallServer({ readyChecks: checks });
  const ready = await send(`${poor.url}/health/ready`, {});
  expect(ready.status).toBe(503);
  expect(JSON.parse(ready.text)).toEqual({
    ready: false,
    missing: [
      { check: "migrations", say: "Run latchkey migrate." },
      { check: "database", say: "The check itself failed." },
    ],
  });
  expect((await send(`${poor.url}/health/live`, {})).status).toBe(200);
  await poor.stop();
  expect((await send(`${server.url}/health/ready`, {})).text).toBe('{"ready":true,"missing":[]}');
});

/** Speaks to the port without a client that would know better, and reads until the other side hangs up. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(server.port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}
