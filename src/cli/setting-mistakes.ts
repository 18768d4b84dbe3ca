import type { Mistake } from "../config/environment";

/** The command cannot begin: what it was told is wrong. All of it is told at once. */
export class SettingMistakes extends Error {
  override readonly name = "SettingMistakes";

  constructor(mistakes: readonly Mistake[]) {
    const lines = mistakes.map(({ setting, problem }) => `  ${setting}: ${problem}`);
    const count = mistakes.length === 1 ? "One mistake" : `${mistakes.length} mistakes`;
    super(`${count} in the settings:\n${lines.join("\n")}`);
  }
}
