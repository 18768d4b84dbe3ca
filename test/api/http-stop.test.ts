import { Agent, request } from "node:http";
import { connect } from "node:net";
import { askGraphql, send } from "../kit/ask-graphql";
import { bearer, startSmallServer } from "../kit/start-small-server";

const slow = JSON.stringify({ query: "{ slow }" });
const postOf = (body: string) =>
  `POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer READ\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test("before the stop, readiness alone says no, so that balancers can look elsewhere", async () => {
  const server = await startSmallServer();
  server.beginStop();
  expect((await send(`${server.url}/health/ready`, {})).status).toBe(503);
  expect((await send(`${server.url}/health/live`, {})).status).toBe(200);
  expect((await askGraphql(server.graphqlUrl, { query: "{ hello }" }, bearer("READ"))).status).toBe(200);
  await server.stop();
});

test("a running request finishes, its connection takes no other, new connections are refused", async () => {
  const server = await startSmallServer();
  const { text, closed } = speak(server.port, postOf(slow));
  await server.waiting();
  const stopped = server.stop();
  // On the same connection, behind the one that still runs.
  text.write(postOf(JSON.stringify({ query: "{ hello }" })));
  await expect(fetch(`${server.url}/health/live`)).rejects.toThrow("fetch failed");
  await new Promise((resume) => setTimeout(resume, 50));
  server.release();
  const answer = await closed;
  await stopped;
  expect(answer).toMatch(/HTTP\/1\.1 200 [\s\S]*connection: close[\s\S]*at last/i);
  expect(answer).not.toContain("hello world");
});

test("idle connections are closed without waiting for the deadline, used or fresh", async () => {
  const server = await startSmallServer({ stopMsMax: 3_600_000 });
  const agent = new Agent({ keepAlive: true });
  await new Promise<void>((done) => {
    request(`${server.url}/health/live`, { agent }, (response) => void response.resume().on("end", done)).end();
  });
  const fresh = speak(server.port, "");
  await fresh.connected;
  await server.stop();
  await fresh.closed;
  agent.destroy();
});

test("what does not finish before the deadline is cut", async () => {
  const server = await startSmallServer({ stopMsMax: 100 });
  const { closed } = speak(server.port, postOf(slow));
  await server.waiting();
  await server.stop();
  expect(await closed).toBe("");
  server.release();
});

test("stopping twice waits for the same end", async () => {
  const server = await startSmallServer();
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
});

function speak(port: number, first: string) {
  let answer = "";
  const text = connect(port, "127.0.0.1");
  const connected = new Promise<void>((resolve) => text.once("connect", resolve));
  if (first) text.write(first);
  text.on("data", (chunk) => (answer += chunk.toString()));
  text.on("error", () => undefined);
  const closed = new Promise<string>((resolve) => text.once("close", () => resolve(answer)));
  return { text, connected, closed };
}
