import type { Step } from "./at-version";
import { textAt } from "./read-path";

const OLD_NAMES: Record<string, string> = {
  hosted_page: "hosted",
  embedded_page: "embedded",
  elements: "custom",
};

/** Dahlia renamed the ways in which a checkout is shown. */
export const beforeDahlia: Step = {
  since: "2026-03-25",
  objects: {
    "checkout.session": (session) => {
      const mode = textAt(session, "ui_mode");
      return mode === null ? session : { ...session, ui_mode: OLD_NAMES[mode] ?? mode };
    },
  },
};
