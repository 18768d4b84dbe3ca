import type { SourceFacts } from "../access/fact";
import type { HeldSource } from "../access/facts.store";
import type { Reader, Tx } from "../database/db";
import { emailKeyOf } from "../users/email-key";
import { findNotes, writeNotes } from "../work/notes.store";

const MET = "MET";

/** Of the addresses of these buyers: who would have come in with them on an earlier page of a dry run. */
export function findMet(db: Reader, jobId: string, facts: readonly SourceFacts[]): Promise<Map<string, string | null>> {
  const addresses = facts.flatMap(({ buyer }) => (buyer.email === null ? [] : [emailKeyOf(buyer.email)]));
  return findNotes(db, jobId, MET, addresses);
}

/** Keeps who would have come in: the user who would be made for them is undone with everything else. */
export function noteMet(tx: Tx, jobId: string, held: readonly HeldSource[]): Promise<void> {
  const made = held.filter(({ ownerBy, facts }) => ownerBy === "CREATED" && facts.buyer.email !== null);
  return writeNotes(
    tx,
    jobId,
    made.map(({ facts }) => ({
      kind: MET,
      subject: emailKeyOf(facts.buyer.email ?? ""),
      value: facts.customer ?? facts.source,
    })),
  );
}
