import { Refusal } from "../base/refusal";

/** How a list of users is taken over. */
export interface UserImportOptions {
  /** Only says what would become of each row. */
  dryRun: boolean;
  /** Whether the caller is told of what the list opens. */
  notify: boolean;
  /** False: people whom we do not know are problems. */
  createUsers: boolean;
  /** The account of the customers that the rows name, as the caller names it; null: the only one that there is. */
  connection: string | null;
}

/** As GraphQL or the query of an address says it: a text means the same as the value that it spells. */
export interface SaidImportOptions {
  dryRun?: boolean | string | null | undefined;
  notify?: boolean | string | null | undefined;
  createUsers?: boolean | string | null | undefined;
  connection?: string | null | undefined;
}

/** @param at what stands in front of the name of a field that is refused, such as `input.` */
export function readImportOptions(said: SaidImportOptions, at = ""): UserImportOptions {
  return {
    dryRun: readSwitch(said.dryRun, `${at}dryRun`) ?? false,
    notify: readSwitch(said.notify, `${at}notify`) ?? false,
    createUsers: readSwitch(said.createUsers, `${at}createUsers`) ?? true,
    connection: said.connection || null,
  };
}

function readSwitch(said: boolean | string | null | undefined, field: string): boolean | null {
  if (typeof said === "boolean") return said;
  if (said === null || said === undefined || said === "") return null;
  if (said === "true") return true;
  if (said === "false") return false;
  throw new Refusal("INVALID_INPUT", { say: "This is either true or false.", field });
}
