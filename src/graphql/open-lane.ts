import { type DocumentNode, type GraphQLSchema, type OperationDefinitionNode, OperationTypeNode } from "graphql";
import type { Metrics } from "../base/metrics";
import { type ObjectPlan, compileOperation, conditionsOf } from "./compile-operation";
import type { Context, Role } from "./context";
import { keepRecent } from "./keep-recent";
import type { CheckLimits } from "./limits";
import type { GraphqlAnswer, GraphqlRequest } from "./open-graphql";
import { type AskedOperation, readAsked } from "./read-asked";
import { type ReadVariables, type Variables, variableReader } from "./read-values";
import { refuseUnstorable } from "./refuse-unstorable";
import { runPlan } from "./run-plan";

/**
 * A lane in front of the pipeline, for queries that have been through it once: parsed, valid, and let in for this role.
 * It only ever gives whole answers. Whatever is refused, malformed, fails or is of another kind goes the ordinary way
 * from its beginning and is told of there, so the lane has no sentence of its own. Asking twice is harmless, because
 * only reads of our own rows may enter.
 */
export interface Lane {
  /** The answer, or null: ask the pipeline. */
  answer(request: GraphqlRequest): Promise<GraphqlAnswer | null>;
  /** The pipeline has let this operation in. */
  learn(admitted: Admitted): void;
}

export interface Admitted {
  text: string;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** As the request named it. */
  operationName: string | undefined;
  role: Role;
  rootFields: readonly string[];
}

export interface LaneParts {
  schema: GraphQLSchema;
  metrics: Metrics;
  checkLimits: CheckLimits;
  /** The root fields that may take the lane: reads of our own rows. */
  reads: ReadonlySet<string>;
  /** The document behind the hash of a persisted query. */
  textOf(hash: string): string | undefined;
}

interface Known {
  text: string;
  /** In characters; a field of a plan takes as much memory as so many. */
  size: number;
  /** By role and operation name: a document that one role may send says nothing about another. */
  operations: Map<string, KnownOperation>;
}

interface KnownOperation {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  role: Role;
  rootFields: readonly string[];
  readVariables: ReadVariables;
  /** The variables that decide which fields are skipped. */
  conditions: readonly string[];
  /** One for each combination of the conditions. */
  plans: Map<string, ObjectPlan | null>;
}

// Documents that are asked for again and again are few and short.
const DOCUMENTS_MAX = 1_000;
const SIZE_MAX = 500_000;
const SIZE_OF_FIELD = 8;
// Names of operations come from the caller; those of one document are few.
const OPERATIONS_MAX = 20;
// Each condition doubles the number of plans.
const CONDITIONS_MAX = 4;

export function openLane(parts: LaneParts): Lane {
  const known = keepRecent<Known>({ entriesMax: DOCUMENTS_MAX, sizeMax: SIZE_MAX, sizeOf: ({ size }) => size });

  function find(asked: AskedOperation): Known | undefined {
    const text = asked.text ?? parts.textOf(asked.hash ?? "");
    return text === undefined ? undefined : known.get(text);
  }

  function planFor(document: Known, operation: KnownOperation, variables: Variables): ObjectPlan | null {
    const { conditions, plans } = operation;
    const key = conditions.length === 0 ? "" : conditions.map((name) => String(variables[name])).join();
    const kept = plans.get(key);
    if (kept !== undefined) return kept;
    const compiled = compileOperation({ ...operation, schema: parts.schema, variables });
    plans.set(key, compiled?.plan ?? null);
    if (compiled) known.set(document.text, { ...document, size: document.size + compiled.fields * SIZE_OF_FIELD });
    return compiled?.plan ?? null;
  }

  /** The JSON of the data; null when anything is in the way. */
  async function run(
    document: Known,
    known: KnownOperation,
    given: Record<string, unknown>,
    ctx: Context,
  ): Promise<string | null> {
    const { operation } = known;
    const variables = known.readVariables(given);
    if (!variables) return null;
    try {
      refuseUnstorable(given);
      parts.checkLimits({ document: known.document, operation, variables: given, context: ctx });
      const plan = planFor(document, known, variables);
      return plan && (await runPlan(plan, { ctx, variables }));
    } catch {
      return null;
    }
  }

  return {
    async answer({ method, headers, body, context }) {
      const mediaType = method === "POST" ? mediaTypes.get(headers["accept"] ?? "") : undefined;
      const asked = mediaType === undefined ? null : readAsked(body);
      const document = asked && find(asked);
      const operation = document?.operations.get(nameOf(context.identity.role, asked?.operationName));
      if (!document || !asked || !operation || mediaType === undefined) return null;
      const data = await run(document, operation, asked.variables, context);
      if (data === null) return null;
      parts.metrics.laneAnswers.inc();
      for (const field of operation.rootFields) parts.metrics.operations.inc({ field, role: operation.role });
      return {
        status: 200,
        headers: { "content-type": mediaType },
        body: `{"data":${data}}\n`,
        operationName: operation.operation.name?.value ?? null,
      };
    },
    learn({ text, operationName, ...admitted }) {
      if (admitted.operation.operation !== OperationTypeNode.QUERY) return;
      if (!admitted.rootFields.every((field) => parts.reads.has(field))) return;
      const conditions = conditionsOf(admitted.document);
      if (conditions.length > CONDITIONS_MAX) return;
      const document = known.get(text) ?? { text, size: text.length, operations: new Map<string, KnownOperation>() };
      const name = nameOf(admitted.role, operationName);
      if (document.operations.has(name) || document.operations.size >= OPERATIONS_MAX) return;
      const readVariables = variableReader(parts.schema, admitted.operation);
      document.operations.set(name, { ...admitted, readVariables, conditions, plans: new Map() });
      known.set(text, document);
    },
  };
}

function nameOf(role: Role, operationName: string | undefined): string {
  return operationName === undefined ? role : `${role} ${operationName}`;
}

const JSON_TYPE = "application/json; charset=utf-8";
const RESPONSE_TYPE = "application/graphql-response+json; charset=utf-8";

/** What the common clients accept, and what the pipeline answers them. Whoever says something else asks the pipeline. */
const mediaTypes: ReadonlyMap<unknown, string> = new Map([
  ["", JSON_TYPE],
  ["*/*", JSON_TYPE],
  ["application/json", JSON_TYPE],
  ["application/json, text/plain, */*", JSON_TYPE],
  ["application/graphql-response+json", RESPONSE_TYPE],
  ["application/graphql-response+json, application/json", RESPONSE_TYPE],
  ["application/graphql-response+json,application/json;q=0.9", RESPONSE_TYPE],
  [
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
    RESPONSE_TYPE,
  ],
]);
