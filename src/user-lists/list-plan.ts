import type { GrantEntity } from "../access/grant.entity";
import type { Mode } from "../base/mode";
import type { UserEntity } from "../users/user.entity";
import type { ListedUser, RowFault } from "./read-listed-user";

/** A row that was read, and by which names its person stands in the list elsewhere as well. */
export type ReadRow = RowFault | ListedRow;

export interface ListedRow extends ListedUser {
  isRepeated: boolean;
  keys: readonly number[];
}

/** All that is needed to say what becomes of some rows. */
export interface ListWorld {
  now: Date;
  /** When the import began. */
  begunAt: Date;
  newId: () => string;
  mode: Mode;
  createUsers: boolean;
  /** In test mode: those of the people who have anything live. */
  live: ReadonlySet<string>;
  /** Those of the people who hold a purchase by their address only. */
  joined: ReadonlySet<string>;
  /** Those whom the rows name. */
  users: readonly UserEntity[];
  /** Whom earlier rows of a dry run would have made, by the names of their rows. */
  madeUp: ReadonlyMap<number, string>;
  /** What earlier rows said of people who stand in the list more than once: by `sayingKey`. */
  said: ReadonlyMap<string, string>;
  /** By key or id, as the rows name them. */
  products: ReadonlyMap<string, string>;
  /** What imports gave these people and nobody has ended. */
  grants: readonly GrantEntity[];
  /** The products that people may open whom rows name by our id. */
  opened: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whose the customers are. */
  holders: ReadonlyMap<string, CustomerHolder>;
  /** Why customers cannot be asked for; null: they can. */
  noConnection: Omit<RowFault, "row" | "subject"> | null;
}

export interface CustomerHolder {
  userId: string;
  isActive: boolean;
  /** An earlier row of the list linked the customer. */
  isOfList: boolean;
}

export interface Saying {
  userId: string;
  field: string;
  value: string;
}

export function sayingKey({ userId, field }: Pick<Saying, "userId" | "field">): string {
  return `${userId} ${field}`;
}

export type RowTurn = "CREATED" | "UPDATED" | "SKIPPED";

export type RowOutcome =
  | { row: number; kind: RowTurn }
  | { row: number; kind: "FAILED"; fault: RowFault }
  /** What becomes of it is only known when Stripe was asked. */
  | { row: number; kind: "ASKED"; ask: CustomerAsk };

export interface CustomerAsk {
  userId: string;
  /** For problems: the person by the caller's own id. */
  subject: string | null;
  customer: string;
  /** What became of the rest of the row. */
  turn: RowTurn;
}

export interface PlannedUser {
  before: UserEntity | null;
  after: UserEntity;
}

export interface PlannedListGrant {
  before: GrantEntity | null;
  productId: string;
  userId: string;
  endsAt: Date | null;
}

export interface RowsPlan {
  outcomes: RowOutcome[];
  /** Only those who are new or changed. */
  users: PlannedUser[];
  /** Only those that are new or changed. */
  grants: PlannedListGrant[];
  /** What was said of people who stand in the list more than once. */
  sayings: Saying[];
  /** Customers that rows name and that belong to the person of the row already. */
  confirmed: string[];
  /** By which names those were met who are new and stand in the list more than once. */
  met: { key: number; userId: string }[];
}
