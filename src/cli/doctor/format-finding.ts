import type { Finding, FindingState } from "./finding";

const MARKS: Record<FindingState, string> = { OK: "✓", WARNING: "!", WRONG: "✗", SKIPPED: "–" };

/** A line for what was found, and below it what to do. */
export function formatFinding({ check, state, mode, found, fix }: Finding): string {
  const name = mode === null ? check : `${check} (${mode.toLowerCase()})`;
  const line = `${MARKS[state]} ${name}: ${found}`;
  return fix === null ? line : `${line}\n    ${fix}`;
}

export function formatSummary(findings: readonly Finding[]): string {
  const count = (state: FindingState) => findings.filter((finding) => finding.state === state).length;
  const [wrong, warnings] = [count("WRONG"), count("WARNING")];
  if (wrong + warnings === 0) return "\nAll is well.";
  const parts = [
    ...(wrong > 0 ? [`${wrong} ${wrong === 1 ? "thing is" : "things are"} wrong`] : []),
    ...(warnings > 0 ? [`${warnings} to think about`] : []),
  ];
  return `\n${parts.join(", ")}.`;
}
