import { findFilterProducts } from "../decisions/find-filter-products";
import type { UserFilter } from "../decisions/list-users";
import { toPublicId } from "../base/ids";
import type { Context } from "../graphql/context";
import type { JobEntity } from "../work/job.entity";
import type { ExportFormat } from "./read-export-format";
import { startExport } from "./start-export";

/** An export of the users that `users` would list. What the filter names has to be there now. */
export async function startUserExport(
  ctx: Pick<Context, "db" | "clock" | "identity">,
  filter: UserFilter,
  format: ExportFormat,
): Promise<JobEntity> {
  const { has, lacks } = await findFilterProducts(ctx.db, filter);
  const { search, createdAfter, createdBefore, linkedToStripe } = filter;
  const hasAccessTo = has && toPublicId("product", has.id);
  const lacksAccessTo = lacks && toPublicId("product", lacks.id);
  const kept = { search, createdAfter, createdBefore, linkedToStripe, hasAccessTo, lacksAccessTo };
  return startExport(ctx, { kind: "USER_EXPORT", name: "users", format, filter: kept });
}
