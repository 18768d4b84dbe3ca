import type { Readable } from "node:stream";
import type { Environment } from "../config/environment";

/** What a command gets of the process it runs in. */
export interface Terminal {
  env: Environment;
  /** Answers: standard output, so that they can be piped. */
  print(text: string): void;
  /** Everything said to a person beside the answer: standard error. */
  remark(text: string): void;
  /** Bytes of an answer that is a file. Resolves when more may come. */
  write(bytes: Buffer): Promise<void>;
  /** Standard input, for commands that read `-`. */
  input: Readable;
  /** Resolves, with the reason, when the process is told to stop. */
  untilToldToStop(options?: { followParent?: boolean }): Promise<string>;
  /** What can be drawn on, line over line; null: standard error is a pipe or a file. */
  screen: { columns(): number; draw(text: string): void } | null;
}
