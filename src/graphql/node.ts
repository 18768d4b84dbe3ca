import { Field, ID, InterfaceType } from "type-graphql";
import type { IdKind } from "../base/ids";
import type { Context } from "./context";

@InterfaceType({ description: "Anything that has an id of its own and can be asked for by it." })
export abstract class Node {
  @Field(() => ID, { description: "Opaque, and prefixed by its kind: usr_, prd_, grt_ and so on." })
  id!: string;
}

/** How a kind of object is found by its id alone, with the same rules about who may see it as everywhere else. */
export interface NodeKind {
  kind: IdKind;
  find(ctx: Context, uuid: string): Promise<Node | null>;
}
