import { type ErrorCode, errorCodes, retryableCodes } from "../src/base/error-codes";

export function writeErrorsPage(): string {
  const codes = Object.keys(errorCodes) as ErrorCode[];
  return `# Errors

Every refusal is a GraphQL error. Its \`extensions.code\` is one of these, and the list is closed. \`extensions.retryable\`
says whether the same request may succeed when it is sent again later, \`extensions.field\` names the input field at fault
where there is one, and \`extensions.details\` holds what helps to decide what to do.

| Code | Meaning | Retryable |
| --- | --- | --- |
${codes.map((code) => `| \`${code}\` | ${errorCodes[code]} | ${retryableCodes.has(code) ? "yes" : "no"} |`).join("\n")}
`;
}
