import { newUuid, readPublicIdOf } from "../base/ids";
import type { Mode } from "../base/mode";
import { findConnectionsById } from "../connections/connections.store";
import type { Context, Identity } from "../graphql/context";
import { openLoaders } from "../graphql/define-loader";
import type { OpenDeps } from "./with-deps";

/** Whoever can open the database may do everything in it, in the mode that they named. */
export function operatorIn(mode: Mode): Identity {
  return { role: "ADMIN", mode, apiKeyId: null, userId: null };
}

const free = () => undefined;
const unlimited = { decided: free, take: free, charge: free };

/** For verbs that are asked by requests: this command is one. */
export function requestOf(deps: OpenDeps, mode: Mode): Context {
  const asked = { identity: operatorIn(mode), requestId: newUuid(), address: "", ...unlimited };
  const context: Context = { ...deps, ...asked, load: openLoaders(() => context) };
  return context;
}

/** What was named, or the mode of the connection that was, or test mode: nothing live is touched unless it is said. */
export async function modeOf(
  { db }: Pick<OpenDeps, "db">,
  { mode, connection }: { mode?: Mode | undefined; connection?: string | undefined },
): Promise<Mode> {
  if (mode) return mode;
  const id = connection === undefined ? null : readPublicIdOf("connection", connection);
  const [named] = id === null ? [] : await findConnectionsById(db, [id]);
  return named?.mode ?? "TEST";
}
