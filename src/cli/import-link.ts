import { readPublicIdOf, toPublicId } from "../base/ids";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import { startLinkImport } from "../imports/start-link-import";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { findLinksById, findLinksOfProducts } from "../links/product-links.store";
import { findProducts } from "../products/find-products";
import type { JobEntity } from "../work/job.entity";
import { FAILED, INTERRUPTED, WITH_PROBLEMS } from "./exit-codes";
import { openInterruption } from "./open-interruption";
import { operatorIn } from "./operator";
import { refuseClosedSecrets } from "./refuse-closed-secrets";
import { seeJobThrough } from "./see-job-through";
import type { Terminal } from "./terminal";
import { type OpenDeps, withStripe } from "./with-deps";

export interface ImportLinkOptions {
  mode?: Mode;
  dryRun: boolean;
  notify: boolean;
  json: boolean;
}

/** The import that a new link begins by itself, once more: for one link, or for every link of a product, one after another. */
export async function importLinks(terminal: Terminal, named: string, options: ImportLinkOptions): Promise<number> {
  const { dryRun, notify, json } = options;
  return withStripe(terminal, async (deps) => {
    await refuseClosedSecrets(deps);
    const { mode, links } = await linksOf(deps, named, options.mode);
    const interruption = openInterruption(terminal);
    const codes: number[] = [];
    for (const link of links) {
      const job = await deps.db.transaction<JobEntity>((tx) =>
        startLinkImport(tx, { clock: deps.clock, identity: operatorIn(mode) }, { link, notify, isProposed: dryRun }),
      );
      codes.push(await seeJobThrough(terminal, deps, job, { json, interruption }));
      if (interruption.happened()) break;
    }
    return worstOf(codes);
  });
}

interface Named {
  mode: Mode;
  links: ProductLinkEntity[];
}

async function linksOf(deps: OpenDeps, named: string, mode: Mode | undefined): Promise<Named> {
  const id = readPublicIdOf("link", named);
  if (id !== null) return linkOf(deps, id);
  const [product] = await findProducts(deps.db, [named], "product");
  const wanted = mode ?? "TEST";
  const links = product ? await findLinksOfProducts(deps.db, wanted, [product.id]) : [];
  if (links.length > 0) return { mode: wanted, links };
  const say = `The product is not linked to a Stripe product in ${wanted.toLowerCase()} mode. \`linkProduct\` links it.`;
  throw new Refusal("NOT_LINKED", { say });
}

/** A link lives in one mode, so that need not be said. */
async function linkOf({ db }: OpenDeps, id: string): Promise<Named> {
  for (const mode of ["TEST", "LIVE"] as const) {
    const links = await findLinksById(db, mode, [id]);
    if (links.length > 0) return { mode, links };
  }
  throw new Refusal("NOT_FOUND", { say: `There is no link ${toPublicId("link", id)}.` });
}

/** An interruption is told above all, and a failure above problems. */
function worstOf(codes: readonly number[]): number {
  return [INTERRUPTED, FAILED, WITH_PROBLEMS].find((code) => codes.includes(code)) ?? 0;
}
