import type { Command } from "commander";
import { describeProgram } from "../../src/cli/describe-program";
import { runCli, runCliApart } from "../kit/run-cli";

const complete = {
  DATABASE_URL: "postgres://latchkey:hunter2secret@127.0.0.1:1/latchkey",
  LATCHKEY_ENCRYPTION_KEY: "q8Zt1vYk3Lw0PsXc5Rb7Nm2Hd9Jf4Ga6",
};

const GROUPS: Record<string, readonly string[]> = {
  keys: ["create", "list", "revoke", "reseal"],
  jobs: ["watch", "cancel"],
  export: ["users", "activities"],
};
const SINGLE = ["serve", "dev", "migrate", "doctor", "import", "import-link", "reconcile", "replay"];
const COMMANDS = [
  ...SINGLE,
  ...Object.entries(GROUPS).flatMap(([group, inner]) => [group, ...inner.map((name) => `${group} ${name}`)]),
];

test("help names every command and the exit codes", async () => {
  const { code, out } = await runCli(["--help"]);
  expect(code).toBe(0);
  for (const command of COMMANDS.filter((name) => !name.includes(" "))) {
    expect(out).toMatch(new RegExp(`^  ${command}\\b`, "m"));
  }
  expect(out).toMatch(/Exit codes: 0 done; 1 failed.*; 2 wrong usage or settings; 3 done, but.*; 130 interrupted/);
});

test("every command and every group says what it does, with an example, when it is asked for help", async () => {
  const nobody = { env: {}, print: nothing, remark: nothing, write: () => Promise.resolve(), screen: null };
  const withInner = (command: Command): Command[] => [command, ...command.commands.flatMap(withInner)];
  const untilToldToStop = () => Promise.resolve("");
  const calling = { terminal: { ...nobody, untilToldToStop, input: process.stdin }, endWith: nothing };
  const all = describeProgram(calling, "0").commands.flatMap(withInner);
  const names = all.map((command) => helpOf(command).match(/^Usage: latchkey ([a-z -]*[a-z])/)?.[1]);
  expect([...names].sort()).toEqual([...COMMANDS].sort());
  for (const command of all) expect(helpOf(command)).toMatch(/^Examples?:\n {2}\$ .*latchkey /m);
});

test.each(["jobs cancel"])("%s is asked for help as a person would", async (command) => {
  const { code, out, said } = await runCliApart([...command.split(" "), "--help"]);
  expect([code, said]).toEqual([0, ""]);
  expect(out).toContain(`Usage: latchkey ${command}`);
});

function nothing(): void {}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (more) => void (text += more) }).outputHelp();
  return text;
}

test.each([
  ["an unknown command", ["sreve"], /unknown command 'sreve'/],
  ["an unknown option", ["serve", "--prot", "1"], /unknown option '--prot'/],
  ["a missing option", ["keys", "create"], /'--name <name>' not specified/],
  ["a role that does not exist", ["keys", "create", "--name", "x", "--role", "ROOT"], /one of ADMIN, WRITE, READ/],
  ["a date that is none", ["keys", "create", "--name", "x", "--expires", "soon"], /a date such as/],
  ["a moment that is none", ["replay", "--since", "soon"], /a date such as 2030-01-31, or how long ago/],
  ["a list of unknown shape", ["import", "members.xlsx"], /--format csv or --format jsonl/],
  ["a list that is not there", ["import", "nowhere.csv"], /nowhere\.csv cannot be read/],
  ["an answer in two shapes at once", ["export", "users", "--json"], /--out/],
  ["a type of activity that does not exist", ["export", "activities", "--type", "MOVED"], /ACCESS_STARTED/],
  ["an unknown command of a group", ["export", "products"], /unknown command 'products'/],
])("%s ends with code 2 and a hint", async (_what, args, hint) => {
  const { code, out, said } = await runCli(args);
  expect([code, out]).toEqual([2, ""]);
  expect(said).toMatch(hint);
});

test("mistakes in the settings are told all at once, with code 2 and without their values", async () => {
  const { code, out, said } = await runCli(["serve"], {
    PORT: "hunter2port",
    DATABASE_URL: "mysql://root:hunter2secret@db",
    LATCHKEY_ENCRYPTION_KEY: "hunter2key",
    LATCHKEY_PUBLC_URL: "https://hunter2.example",
  });
  expect([code, out]).toEqual([2, ""]);
  expect(said).toMatch(/^4 mistakes in the settings:/);
  for (const name of ["PORT", "DATABASE_URL", "LATCHKEY_ENCRYPTION_KEY", "LATCHKEY_PUBLC_URL"]) {
    expect(said).toMatch(new RegExp(`^  ${name}: `, "m"));
  }
  expect(said).not.toContain("hunter2");
});

test.each(Object.keys(complete))("the server does not start without %s", async (name) => {
  const { code, said } = await runCli(["serve"], { ...complete, [name]: "" });
  expect(code).toBe(2);
  expect(said).toMatch(new RegExp(`^One mistake in the settings:\\n  ${name}: It is required`));
});

test("local mode refuses production and names the command to use", async () => {
  const { code, said } = await runCli(["dev"], { NODE_ENV: "production" });
  expect(code).toBe(2);
  expect(said).toContain("latchkey serve");
});

test("local mode refuses a live Stripe key without showing it", async () => {
  const key = ["sk", "live", "51Hunter2abcdef"].join("_");
  const { code, said } = await runCli(["dev"], { STRIPE_SECRET_KEY: key });
  expect(code).toBe(2);
  expect(said).toContain("STRIPE_SECRET_KEY");
  expect(said).not.toContain("Hunter2");
});

test("production never falls back to a database of its own", async () => {
  const { code, said } = await runCli(["migrate"], { NODE_ENV: "production" });
  expect(code).toBe(2);
  expect(said).toContain("DATABASE_URL");
});

test.each([["migrate"], ["migrate --status"]])(
  "a database that does not answer fails %s in a sentence",
  async (command) => {
    const { code, out, said } = await runCli(command.split(" "), {
      ...complete,
      LATCHKEY_DATABASE_WAIT_SECONDS: "0",
    });
    expect([code, out]).toEqual([1, ""]);
    expect(said).toMatch(/database cannot be reached/i);
    expect(said).not.toMatch(/hunter2|\n\s+at /);
  },
);
