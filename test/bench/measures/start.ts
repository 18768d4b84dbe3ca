import { memoryOf } from "../cpu";
import { postText } from "../http-text";
import type { Lab } from "../lab";
import { compare, median } from "../rounds";
import type { Row } from "../table";
import { USERS } from "./checks";

const STARTS = 5;
const MEGABYTE = 1_000_000;

/** P9: from the call of the program to the first good answer of its health, and what it holds then and under load. */
export async function measureStart(lab: Lab): Promise<Row[]> {
  const shop = await lab.shop(USERS);
  const key = await shop.key("READ");
  const [times, idle]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < (lab.short ? 2 : STARTS); turn++) {
    const server = await shop.product();
    times.push(server.startMs);
    idle.push(memoryOf(server.pid)?.now ?? NaN);
    await server.stop();
  }
  const server = await shop.product();
  const query = '{ products(first: 50) { nodes { key access(user: "user-1") { allowed } } } }';
  const load = {
    ports: [server.port],
    requests: [postText("/graphql", { query }, { authorization: `Bearer ${key}` })],
    expect: '"data":{',
  };
  const side = { name: "latchkey", pids: [server.pid], load };
  await compare([side, side], { ...lab.pace, rounds: 1 }, lab.postgres);
  const most = memoryOf(server.pid)?.most ?? NaN;
  await server.stop();
  const against = "an external database";
  const megabytes = (bytes: number) => `${(bytes / MEGABYTE).toFixed(0)} MB`;
  return [
    { name: "P9 start", against, goal: "≤ 1.5 s", seen: `${(median(times) / 1_000).toFixed(2)} s` },
    { name: "P9 idle memory", against, goal: "≤ 150 MB", seen: megabytes(median(idle)) },
    { name: "P9 most memory under load", against, goal: "≤ 250 MB", seen: megabytes(most) },
  ];
}
