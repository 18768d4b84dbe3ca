import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  subscribe,
} from "graphql";
import type { Context } from "./context";
import { openLoaders } from "./define-loader";
import type { GraphqlAnswer, GraphqlRequest } from "./open-graphql";
import type { Streams } from "./open-streams";
import { EVENT_STREAM } from "./read-streaming";
import { type ErrorTeller, toGraphqlError } from "./to-graphql-error";
import { COMPLETE, nextEvent, writeEvents } from "./write-events";

/** A subscription that the pipeline has parsed, validated and let in. */
export interface Subscribing {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  operationName: string | undefined;
  variables: Readonly<Record<string, unknown>>;
}

interface Parts {
  schema: GraphQLSchema;
  streams: Streams;
  teller: ErrorTeller;
}

/** Never throws: whatever goes wrong is the first event of the stream, and the last but one. */
export async function openSubscription(
  asked: Subscribing,
  { context, isWelcome }: Pick<GraphqlRequest, "context" | "isWelcome">,
  parts: Parts,
): Promise<GraphqlAnswer> {
  const operationName = asked.operation.name?.value ?? null;
  const formatError = (error: unknown) => JSON.stringify({ errors: [toGraphqlError(error, parts.teller)] });
  const answer = (body: GraphqlAnswer["body"]): GraphqlAnswer => ({ ...asEventStream(body), operationName });
  try {
    const place = parts.streams.take(context.identity);
    try {
      const source = await begin(asked, context, parts.schema);
      if (source.results === null) {
        place.leave();
        return answer(nextEvent(format(source.refusal, parts.teller)) + COMPLETE);
      }
      const stream = writeEvents({
        results: source.results,
        format: (result) => format(result, parts.teller),
        formatError,
        check: isWelcome ?? (() => Promise.resolve()),
        ended: place.leave,
      });
      place.fill(stream);
      return { ...answer(stream.pieces), isStream: true, closed: () => stream.end(null) };
    } catch (error) {
      place.leave();
      throw error;
    }
  } catch (error) {
    return answer(nextEvent(formatError(error)) + COMPLETE);
  }
}

/** What was answered already, for whoever accepts nothing but events. */
export function asEventStream(body: GraphqlAnswer["body"]): Omit<GraphqlAnswer, "operationName"> {
  // The second header keeps a common proxy from collecting the events.
  return {
    status: 200,
    headers: { "content-type": `${EVENT_STREAM}; charset=utf-8`, "x-accel-buffering": "no" },
    body,
  };
}

type Begun = { results: AsyncIterator<ExecutionResult>; refusal: null } | { results: null; refusal: ExecutionResult };

async function begin(asked: Subscribing, context: Context, schema: GraphQLSchema): Promise<Begun> {
  // What was loaded for one event is not true for the next one.
  let load = openLoaders(() => fresh);
  const fresh: Context = { ...context, load: (loader, key) => load(loader, key) };
  const { document, operationName, variables } = asked;
  const source = await subscribe({
    schema,
    document,
    operationName: operationName ?? null,
    variableValues: variables,
    contextValue: fresh,
  });
  if (!(Symbol.asyncIterator in source)) return { results: null, refusal: source };
  const results = {
    next: () => {
      load = openLoaders(() => fresh);
      return source.next();
    },
    return: () => source.return(undefined),
  };
  return { results, refusal: null };
}

function format({ data, errors, ...rest }: ExecutionResult, teller: ErrorTeller): string {
  const told = errors?.map((error) => toGraphqlError(mistakeOf(error), teller));
  return JSON.stringify({ ...(told ? { errors: told } : {}), ...(data === undefined ? {} : { data }), ...rest });
}

/** Values that do not fit their variables come without a code, and belong to no field. */
function mistakeOf(error: GraphQLError): GraphQLError {
  if (error.path !== undefined || error.originalError) return error;
  return new GraphQLError(error.message, { originalError: error, extensions: { code: "BAD_USER_INPUT" } });
}
