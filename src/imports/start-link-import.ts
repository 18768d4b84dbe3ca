import { actorOf } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import type { Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import type { ProductLinkEntity } from "../links/product-link.entity";
import type { LinkImportInput } from "./import-link";
import type { JobEntity } from "../work/job.entity";
import { startJob } from "../work/start-job";
import { formatProposedLink } from "./proposed-link";

export interface LinkImport {
  link: ProductLinkEntity;
  notify: boolean;
  /** There is no such link: it is said what its import would find. */
  isProposed?: boolean;
}

/** Begins to find what was bought before the product was linked, once the link is committed. */
export function startLinkImport(
  tx: Tx,
  deps: { clock: Clock; identity: Identity },
  { link, notify, isProposed = false }: LinkImport,
): Promise<JobEntity> {
  const input: LinkImportInput = { notify, ...(isProposed ? { proposed: formatProposedLink(link) } : {}) };
  return startJob(tx, deps, {
    kind: "LINK_IMPORT",
    mode: deps.identity.mode,
    subject: link.id,
    connectionId: link.connectionId,
    input,
    dryRun: isProposed,
    createdBy: actorOf(deps.identity).actorRef,
  });
}
