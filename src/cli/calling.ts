import type { Terminal } from "./terminal";

/** What a group of commands is handed: the process, and where an exit code goes that is not 0. */
export interface Calling {
  terminal: Terminal;
  endWith(code: number): void;
}
