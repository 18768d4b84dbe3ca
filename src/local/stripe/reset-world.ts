import { tableNames } from "./kind";
import { beginAccount } from "./objects/account";
import { setPageAddress } from "./objects/page-address";
import type { Simulation } from "./simulation";
import type { Change, World } from "./world";

const KEPT = new Set(["webhook_endpoint", "page_address", "account"]);

/**
 * Empties the world, except for who listens. Ids go on counting: a receiver that remembers the events it has seen must
 * not take new ones for old. The clock goes back to the real time.
 */
export function resetWorld(simulation: Simulation): void {
  const { world } = simulation;
  const page = world.shelves.page_address.inOrder[0]?.row.url;
  for (const name of tableNames(world.kinds)) if (!KEPT.has(name)) world.shelves[name].deleted.clear();
  simulation.commit(emptying(world));
  simulation.act((draft) => {
    if (draft.rows("account").length === 0) beginAccount(draft);
    if (page) setPageAddress(draft, page);
  });
}

function emptying(world: World): Change[] {
  const rows = tableNames(world.kinds).flatMap((name): Change[] =>
    KEPT.has(name) ? [] : world.shelves[name].inOrder.map(({ row }) => ({ drop: name, id: row.id, remember: false })),
  );
  const timers = [...world.timers.byName.keys()].map((name): Change => ({ cancel: name }));
  const replies = [...world.replies.keys()].map((reply): Change => ({ reply, kept: null }));
  return [...rows, ...timers, ...replies, { aheadMs: 0 }];
}
