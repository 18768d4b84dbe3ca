import { ArgsType, type ClassType, Field, Int, ObjectType } from "type-graphql";
import type { ListOrder, Page, Position } from "../base/page";
import { writeCursor } from "./cursor";
import type { PageArguments } from "./read-page-request";

@ArgsType()
export class PageArgs implements PageArguments {
  @Field(() => Int, { nullable: true, description: "How many from the beginning: 50 if nothing is said, 200 at most." })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "Only what comes after this cursor." })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: "How many from the end, 200 at most." })
  last?: number | null;

  @Field(() => String, { nullable: true, description: "Only what comes before this cursor." })
  before?: string | null;
}

@ObjectType({ description: "Where a page stands in its list." })
export class PageInfo {
  @Field({ description: "Exactly: whether anything follows this page." })
  hasNextPage!: boolean;

  @Field({ description: "Exactly: whether anything precedes this page." })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: "The cursor of the first row; null for an empty page." })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: "The cursor of the last row; null for an empty page." })
  endCursor!: string | null;
}

export interface ConnectionOf<Node> {
  edges: { readonly cursor: string; readonly node: Node }[];
  nodes: Node[];
  pageInfo: PageInfo;
  totalCount(): Promise<number>;
}

/** The Relay connection types of one kind of node: `<Name>Connection` and `<Name>Edge`. */
export function connectionType<Node extends object>(name: string, nodeType: () => ClassType<Node>) {
  @ObjectType(`${name}Edge`, { description: `A ${name} and its place in the list.` })
  class Edge {
    constructor(
      private readonly order: ListOrder,
      private readonly position: Position,
      node: Node,
    ) {
      this.node = node;
    }

    // Written when it is asked for: most callers want the first and the last.
    @Field({ description: "Names the place of this row; stays good when rows are added or removed around it." })
    get cursor(): string {
      return writeCursor(this.order, this.position);
    }

    @Field(nodeType, { description: `The ${name}.` })
    readonly node: Node;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.` })
  class Connection implements ConnectionOf<Node> {
    @Field(() => [Edge], { description: "The rows of this page with their cursors." })
    edges!: Edge[];

    @Field(() => [nodeType()], { description: "The rows of this page." })
    nodes!: Node[];

    @Field(() => PageInfo, { description: "Where this page stands in the list." })
    pageInfo!: PageInfo;

    count!: () => Promise<number>;

    @Field(() => Int, { description: "How many rows the whole list has. Counted only when asked for." })
    totalCount(): Promise<number> {
      return this.count();
    }
  }

  return class extends Connection {
    static of<Row>(page: Page<Row>, order: ListOrder, toNode: (row: Row) => Node): Connection {
      const edges = page.rows.map(({ row, position }) => new Edge(order, position, toNode(row)));
      const pageInfo = {
        hasNextPage: page.hasNext,
        hasPreviousPage: page.hasPrevious,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      };
      const nodes = edges.map((edge) => edge.node);
      return Object.assign(new Connection(), { edges, nodes, pageInfo, count: () => page.count() });
    }
    static readonly type = Connection;
  };
}
