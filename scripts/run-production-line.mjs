// Follows the README's section "Run it for others" in a clean copy of this folder, against an empty PostgreSQL, and asks
// the server one question. Needs what `npm run build` writes here.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

const root = path.resolve(import.meta.dirname, "..");
const { startEmbeddedPostgres } = await import("../dist/src/local/embedded-postgres.js");
const folder = mkdtempSync(path.join(os.tmpdir(), "latchkey-production-"));
const copy = path.join(folder, "latchkey");
const database = await startEmbeddedPostgres({ dataDir: path.join(folder, "database") });
try {
  copyCheckout();
  const { install, exported, setUp, serve } = readCommands();
  const env = await makeSettings(exported);
  run(install, env);
  const key = run(setUp, env).trim().split("\n").at(-1);
  await serveAndAsk(serve, env, key);
  console.log("the production line builds, starts and answers");
} finally {
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Everything but what was installed, built or kept here. */
function copyCheckout() {
  const left = new Set(["node_modules", "dist", ".latchkey", ".git", "coverage"].map((name) => path.join(root, name)));
  cpSync(root, copy, { recursive: true, filter: (source) => !left.has(source) });
}

/** The lines of the README's own block, so that nothing else is run than what it says. */
function readCommands() {
  const readme = readFileSync(path.join(copy, "README.md"), "utf8");
  const block = /^## Run it for others\n+```sh\n(.*?)^```/ms.exec(readme)?.[1];
  if (!block) throw new Error("the README has no block of commands under “Run it for others”");
  const lines = block.trim().split("\n");
  const exported = lines.map((line) => /^export (\w+)=/.exec(line)?.[1]).filter(Boolean);
  const [install, setUp, serve, ...more] = lines.filter((line) => !line.startsWith("export "));
  if (!install || !setUp || !serve?.endsWith(" serve") || more.length > 0) throw new Error(`not understood:\n${block}`);
  return { install, exported, setUp, serve };
}

async function makeSettings(exported) {
  const port = await freePort();
  const values = {
    DATABASE_URL: database.url,
    LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    LATCHKEY_PUBLIC_URL: "https://access.shop.example",
  };
  const wrong = exported.filter((name) => !(name in values));
  if (wrong.length > 0) throw new Error(`the README exports ${wrong.join(", ")}, and this script has no value for it`);
  const settings = Object.fromEntries(exported.map((name) => [name, values[name]]));
  const { PATH, HOME, npm_config_cache: cache } = process.env;
  const npm = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^npm_config_registry$/i.test(name)));
  // Images for servers set NODE_ENV, and npm then installs less.
  return {
    PATH,
    HOME,
    ...npm,
    ...(cache && { npm_config_cache: cache }),
    NODE_ENV: "production",
    PORT: String(port),
    ...settings,
  };
}

function run(command, env) {
  console.log(`$ ${command}`);
  const { status, stdout } = spawnSync("bash", ["-c", command], {
    cwd: copy,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`it ended with ${status}: ${command}\n${stdout}`);
  return stdout;
}

async function serveAndAsk(command, env, key) {
  console.log(`$ ${command}`);
  const [program, ...words] = command.split(" ");
  const server = spawn(program, words, { cwd: copy, env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  try {
    for await (const line of createInterface({ input: server.stdout })) if (line.includes('"msg":"listening"')) break;
    server.stdout.resume();
    const response = await fetch(`http://127.0.0.1:${env.PORT}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: "{ viewer { role mode } }" }),
    });
    const answer = JSON.stringify(await response.json());
    if (answer !== '{"data":{"viewer":{"role":"ADMIN","mode":"LIVE"}}}') throw new Error(`it answered ${answer}`);
  } finally {
    server.kill("SIGTERM");
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`the server ended with ${code}`);
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  return port;
}
