// A small process of its own, because tracing wraps modules for as long as a process lives. It answers one request with
// one statement, asks itself, and stops. The folder of the compiled sources is its argument.
const http = require("node:http");

async function main() {
  const { startTracing } = require(`${process.argv[2]}/app/start-tracing.js`);
  const log = { info: () => undefined, warn: (...text) => console.log("WARN", ...text) };
  const tracing = await startTracing({ config: { otlpEndpoint: process.env.TEST_OTLP_ENDPOINT ?? null }, log });
  if (process.env.DATABASE_URL) await answerOnce(process.env.DATABASE_URL);
  await tracing.stop();
  console.log("done");
}

async function answerOnce(connectionString) {
  const { Client } = require("pg");
  // Asked for again as the server's own modules do, which are loaded after tracing has begun.
  const { createServer } = require("node:http");
  const client = new Client({ connectionString });
  await client.connect();
  const question = ["/* test.named */ select $1::text", ["parameter-secret"]];
  const server = createServer((request, response) => {
    if (request.url === "/health/live") response.end("ok");
    else void client.query(...question).then(() => response.end("ok"));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  await ask(server.address().port, "/health/live");
  await ask(server.address().port, "/graphql?query=document-secret");
  await client.end();
  server.close();
}

function ask(port, path) {
  const headers = { authorization: "Bearer header-secret", connection: "close" };
  return new Promise((resolve, reject) => {
    http
      .get({ port, host: "127.0.0.1", path, headers }, (response) => response.resume().on("end", resolve))
      .on("error", reject);
  });
}

main().catch((error) => {
  console.log("FAILED", error);
  process.exit(1);
});
