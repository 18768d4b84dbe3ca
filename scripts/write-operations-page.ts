import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import type { GraphQLObjectType } from "graphql";
import { buildLatchkeySchema } from "../src/app/schema";

const root = path.join(__dirname, "../..");

/** Each operation with the file that answers it, so that nobody has to search. */
export function writeOperationsPage(): string {
  const schema = buildLatchkeySchema();
  const files = readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".graphql.ts"))
    .sort()
    .map((file) => ({ file, text: readFileSync(path.join(root, "src", file), "utf8") }));
  const table = (type: GraphQLObjectType | null | undefined) =>
    Object.values(type?.getFields() ?? {})
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, description }) => `| \`${name}\` | ${description} | ${linkTo(fileOf(files, name))} |`)
      .join("\n");
  const head = "| Operation | What it does | Where |\n| --- | --- | --- |";
  return `# Operations

What callers can ask for, and the file that answers it. The verb that does the work stands beside it, under its own name.

## Queries

${head}
${table(schema.getQueryType())}

## Mutations

${head}
${table(schema.getMutationType())}

## Subscriptions

Asked for as [subscriptions](subscriptions.md) are.

${head}
${table(schema.getSubscriptionType())}
`;
}

function fileOf(files: readonly { file: string; text: string }[], operation: string): string {
  const method = new RegExp(`^  (?:async )?${operation}\\(`, "m");
  // Methods stand apart by an empty line, so a block holds one method with its decorators.
  const found = files.find(({ text }) =>
    text.split("\n\n").some((block) => /@(?:Query|Mutation|Subscription)\(/.test(block) && method.test(block)),
  );
  if (!found) throw new Error(`no file declares the operation ${operation}`);
  return found.file;
}

function linkTo(file: string): string {
  return `[${file}](../src/${file})`;
}
