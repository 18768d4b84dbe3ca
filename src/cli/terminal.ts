import type { Environment } from "../config/environment";

/** What a command gets of the process it runs in. */
export interface Terminal {
  env: Environment;
  /** Answers: standard output, so that they can be piped. */
  print(text: string): void;
  /** Everything said to a person beside the answer: standard error. */
  remark(text: string): void;
}
