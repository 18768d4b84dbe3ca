import { request } from "node:http";
import { networkInterfaces } from "node:os";
import { send } from "../kit/ask-graphql";
import { type SmallServer, startSmallServer } from "../kit/start-small-server";

const graphiql = { key: "lk_test_<demo>", query: () => '{ hello(name: "you") }' };
let server: SmallServer;
beforeAll(async () => {
  server = await startSmallServer({ config: { localMode: true }, graphiql });
});
afterAll(() => server.stop());

test("the root leads to the editor", async () => {
  const { status, headers } = await send(server.url, {});
  expect([status, headers.get("location")]).toEqual([302, "/graphiql"]);
});

test("the page brings the demo key and a first query, and asks no address but ours", async () => {
  const { status, headers, text } = await send(`${server.url}/graphiql`, {});
  expect(status).toBe(200);
  expect(text).toContain("lk_test_&lt;demo&gt;");
  expect(text).toContain("{ hello(name: &quot;you&quot;) }");
  expect(text).not.toMatch(/https?:|\/\/|<script>/);
  expect(headers.get("content-security-policy")).toMatch(/default-src 'none'; script-src 'self';/);
  expect(headers.get("content-security-policy")).not.toMatch(/http|unsafe-eval|\*/);
});

test("every file that the page names is there", async () => {
  const { text } = await send(`${server.url}/graphiql`, {});
  const paths = [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1] ?? "");
  expect(paths).toHaveLength(5);
  for (const path of paths) {
    const file = await send(server.url + path, {});
    expect([path, file.status, file.headers.get("content-type")]).toEqual([
      path,
      200,
      expect.stringMatching(/^text\/(javascript|css)/),
    ]);
  }
});

test.each(["/graphiql/..%2f..%2fpackage.json", "/graphiql/LICENSE.react", "/graphiql/constructor"])(
  "no other file can be had: %s",
  async (path) => {
    expect((await send(server.url + path, {})).status).toBe(404);
  },
);

function fetchAs(
  headers: Record<string, string>,
  { host = "127.0.0.1", port = server.port } = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    request({ host, port, path: "/graphiql", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on("error", reject)
      .end();
  });
}

test("a page whose name was pointed at this machine does not get the key", async () => {
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "0.0.0.0"]) {
    expect((await fetchAs({ host })).status).not.toBe(200);
  }
});

test.each(["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"])(
  "a request that came through a proxy gets the page without the key: %s",
  async (header) => {
    const { status, text } = await fetchAs({ host: "localhost:4000", [header]: "127.0.0.1" });
    expect([status, text.includes("lk_test_"), text.includes("graphiql.min.js")]).toEqual([200, false, true]);
  },
);

test("a caller on another address of this machine gets the page without the key, whatever it says", async () => {
  const elsewhere = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4");
  if (!elsewhere) return;
  const open = await startSmallServer({ config: { localMode: true, host: "0.0.0.0" }, graphiql });
  try {
    const answer = await send(`http://${elsewhere.address}:${open.port}/graphiql`, {});
    expect(answer.status).toBe(404);
    const { text } = await fetchAs({ host: "localhost" }, { host: elsewhere.address, port: open.port });
    expect([text.includes("lk_test_"), text.includes("graphiql.min.js")]).toEqual([false, true]);
  } finally {
    await open.stop();
  }
});
