import { randomUUID } from "node:crypto";

const SANE = /^[\w.:-]{1,128}$/;
const CREDENTIAL = /^(?:lk|sk|rk|pk|whsec|eyJ)/;

/** The caller's own id, so that its log and ours can be laid side by side, or a new one. */
export function readRequestId(header: string | string[] | undefined): string {
  if (typeof header === "string" && SANE.test(header) && !CREDENTIAL.test(header)) return header;
  return randomUUID();
}
