import { type ListField, listColumns } from "../src/user-lists/columns";

export function writeImportsPage(): string {
  const fields = Object.keys(listColumns) as ListField[];
  const rows = fields.map((field) => {
    const { meaning, names } = listColumns[field];
    return `| \`${field}\` | ${names.map((name) => `\`${name}\``).join(", ")} | ${meaning.replaceAll("|", "\\|")} |`;
  });
  return `# Importing users

\`importUsers\` takes over people from a list: as CSV, or as rows of JSON. A list that is larger than a request may be (100 KB by
default) is [uploaded](uploads.md) to \`POST /imports/users\`, by curl or by \`latchkey import\`. It is the same import.

\`\`\`sh
curl -s "$URL/imports/users?dryRun=true" -H "authorization: Bearer $KEY" -H "content-type: text/csv" --data-binary @users.csv
\`\`\`

\`\`\`csv
email,external id,name,products,access ends at,stripe customer id,favourite colour
ada@example.com,u-1,Ada,course|club,2026-12-31,,green
bob@example.com,u-2,Bob,,,cus_QX5p3RqJnYz1aB,
\`\`\`

\`\`\`graphql
mutation {
  importUsers(input: {
    dryRun: true
    rows: [{ email: "ada@example.com", externalId: "u-1", products: ["course"], accessEndsAt: "2027-01-01T00:00:00Z" }]
  }) { id }
}
\`\`\`

The answer is a [job](operations.md). \`total\` is known as soon as the list was looked through. Each row counts once: \`created\`,
\`updated\` (anything of the person changed), \`skipped\` (nothing to do) or \`failed\`; the job's \`problems\` say which rows failed,
by their number among the rows of the list, from 1, and why.

| Option | Meaning |
| --- | --- |
| \`dryRun\` | the same counts and problems, and nothing is written |
| \`notify\` | notices of new access are queued; otherwise nobody is told |
| \`createUsers\` | false: people whom we do not know are problems (NOT_FOUND) |
| \`connection\` | the account of the customers, if several are connected |

## CSV

Cells are separated by \`,\`, \`;\`, a tab or \`|\`: the first row tells. Line ends of any kind, quotes as in RFC 4180, empty lines,
and a byte order mark are fine. The encoding is UTF-8, or UTF-16 with its mark. A row with too few or too many cells, with a
quote that is not closed or with bytes that are no UTF-8 is a problem of that row. A row has at most 256 KB.

The first row names the columns, without regard to case, spaces, \`_\`, \`-\` and \`.\`. One of them has to be an e-mail address or
an id. Where several columns fit one field, the name that stands first below wins.

| Field | Names of the column | Meaning |
| --- | --- | --- |
${rows.join("\n")}

**Every other column is metadata**, under its own name. Two columns of one name are refused; a column without a name is left
out. Empty cells, \`NULL\`, \`null\` and \`\\N\` say nothing. An apostrophe in front of \`=\`, \`+\`, \`-\`, \`@\`, a tab or a carriage
return is taken away: exports put it there, so that spreadsheets do not calculate.

A moment is \`2026-12-31T10:00:00Z\`, with an offset, or without one for UTC (\`2026-12-31 10:00:00\`). A day, \`2026-12-31\`, lasts to
its end: access ends when 2027 begins in UTC.

## JSON lines

An object on each line (\`application/x-ndjson\`), with the fields of \`ImportUserRow\`; besides them \`id\` (ours) and
\`stripeCustomerIds\`. A field that no user has is a problem.

## What a row does

- **Whom it means**: our id, else the external id, else the e-mail address, compared without case. Two who fit are a problem
  (EMAIL_TAKEN, EXTERNAL_ID_TAKEN), and nobody gets another external id because of an address.
- **What it says is set, what it does not say stays.** Metadata is added key by key. A new address is unverified unless the list
  says otherwise. The rules are those of \`createUser\` and \`updateUser\`.
- **Products**: one grant of source IMPORT for each. The same end changes nothing, another end moves it, no end leaves it. One
  that was revoked is opened anew. An end that is past is refused, unless the grant is there already. What was bought, given or
  granted otherwise is never touched. Where the row names the person by our own id, as an export does, products that are open to
  them anyway are left alone.
- **Customers in Stripe**: first all people come in, then Stripe is asked at the pace of background work, and what was bought is
  open at once. A customer who is somebody else's stays theirs (CUSTOMER_ALREADY_LINKED), and nobody's other customer is
  replaced. What we know beforehand keeps the whole row out; what Stripe says later keeps out the customer alone, and the problem
  says so.
- **Twice in a list**: what the first row says counts; later ones add to it, and one that says something else is a problem
  (CONFLICT).

A row goes in as a whole or not at all. The same list once more changes nothing, whoever sends it and after whatever crash;
only rows that failed are tried again. Two lists at once may have the same people. The list itself is kept until its job is over, and notes of the job are thrown away.
`;
}
