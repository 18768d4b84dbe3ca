import { request } from "node:http";
import { send } from "../kit/ask-graphql";
import { type SmallServer, startSmallServer } from "../kit/start-small-server";

let server: SmallServer;
beforeAll(async () => {
  const graphiql = { key: "lk_test_<demo>", query: '{ hello(name: "you") }' };
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

test("a page whose name was pointed at this machine does not get the key", async () => {
  const status = await new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: server.port, path: "/graphiql", headers: { host: "evil.example" } };
    request(options, (response) => resolve(response.resume().statusCode))
      .on("error", reject)
      .end();
  });
  expect(status).toBe(404);
});
