import type { Mode } from "../base/mode";

/** Another system's name for one grant of ours. */
export interface GrantRef {
  mode: Mode;
  source: string;
  externalRef: string;
}

const SOURCE_DEFAULT = "api";

/** Granting and revoking read it alike: what was granted under a reference is found again under the same one. */
export function readGrantRef(
  mode: Mode,
  { source, externalRef }: { source?: string | null | undefined; externalRef?: string | null | undefined },
): GrantRef | null {
  return externalRef ? { mode, source: source ?? SOURCE_DEFAULT, externalRef } : null;
}
