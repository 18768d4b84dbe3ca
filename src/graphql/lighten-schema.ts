import {
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
} from "graphql";
import { getMetadataStorage } from "type-graphql";
import { RoleChecker } from "./allow";
import type { Context } from "./context";

// What type-graphql knows of resolvers and their parameters, as far as it is looked at here.
type Storage = ReturnType<typeof getMetadataStorage>;
type ResolverMetadata = Storage["fieldResolvers"][number] | Storage["queries"][number];
type Param = NonNullable<ResolverMetadata["params"]>[number];
type Resolve = GraphQLFieldResolver<unknown, Context>;
type Method = (...values: unknown[]) => unknown;
type ReadParam = (root: unknown, args: Record<string, unknown>, ctx: Context) => unknown;

/**
 * type-graphql puts the same wrappers around every field: chains of middlewares that we do not have, instances made of
 * arguments that are plain values, a promise for each argument. A field that only reads a property loses its wrapper
 * altogether, and a query or field that takes plain values is called straight. Whoever takes inputs of several fields,
 * and every mutation, keeps what type-graphql made.
 */
export function lightenSchema(schema: GraphQLSchema): GraphQLSchema {
  const storage = getMetadataStorage();
  const queries = schema.getQueryType()?.getFields() ?? {};
  for (const query of storage.queries) lighten(queries[query.schemaName], query);
  for (const { name, target } of storage.objectTypes) {
    const type = schema.getType(name);
    if (isObjectType(type)) lightenFields(storage, type, target);
  }
  return schema;
}

function lightenFields(storage: Storage, type: GraphQLObjectType, target: Function): void {
  for (const field of Object.values<GraphQLField<unknown, Context>>(type.getFields())) {
    const known = storage.fields.filter(
      (each) => each.schemaName === field.name && (each.target === target || target.prototype instanceof each.target),
    );
    const [metadata, ...others] = known;
    // One that a class inherits and declares again is looked at by nobody but type-graphql.
    if (!metadata || others.length > 0) continue;
    const resolver = storage.fieldResolvers.find(
      (each) => each.getObjectType?.() === metadata.target && each.methodName === metadata.name,
    );
    if (resolver) lighten(field, resolver);
    else if (metadata.name === metadata.schemaName && !metadata.roles && !metadata.middlewares?.length) {
      delete field.resolve;
    }
  }
}

function lighten(field: GraphQLField<unknown, Context> | undefined, metadata: ResolverMetadata): void {
  if (!field?.resolve || metadata.middlewares?.length) return;
  const { methodName, params = [], roles } = metadata;
  const readers = [...params].sort((a, b) => a.index - b.index).map(readerOf);
  if (!readers.every((read) => read !== null)) return;
  const of = "kind" in metadata && metadata.kind === "internal" ? metadata.getObjectType?.() : undefined;
  field.resolve = of
    ? callOnParent(field.resolve, of, { methodName, readers, roles })
    : callOnResolver(metadata.target, { methodName, readers, roles });
}

interface Call {
  methodName: string;
  readers: readonly ReadParam[];
  roles: ResolverMetadata["roles"];
}

const checker = new RoleChecker();

function callOnResolver(target: Function, { methodName, readers, roles }: Call): Resolve {
  const instance = new (target as new () => Record<string, Method>)();
  const method = instance[methodName] as Method;
  return (root, args, context, info) => {
    if (roles) checker.check({ root, args, context, info }, roles);
    return method.apply(instance, readAll(readers, root, args, context));
  };
}

/** A method of the parent itself, if it is one; what only looks like one is type-graphql's to convert. */
function callOnParent(otherwise: Resolve, type: Function, { methodName, readers, roles }: Call): Resolve {
  return (root, args, context, info) => {
    if (!(root instanceof type)) return otherwise(root, args, context, info);
    if (roles) checker.check({ root, args, context, info }, roles);
    const method: unknown = (root as Record<string, unknown>)[methodName];
    return typeof method === "function"
      ? (method as Method).apply(root, readAll(readers, root, args, context))
      : method;
  };
}

function readAll(
  readers: readonly ReadParam[],
  root: unknown,
  args: Record<string, unknown>,
  context: Context,
): unknown[] {
  const values: unknown[] = [];
  for (const read of readers) values.push(read(root, args, context));
  return values;
}

/** Null for a parameter that type-graphql has to make first. */
function readerOf(param: Param): ReadParam | null {
  switch (param.kind) {
    case "context":
      return param.propertyName === undefined ? (_root, _args, context) => context : null;
    case "root":
      return param.propertyName === undefined ? (root) => root : null;
    case "arg": {
      const { name } = param;
      return isInput(param.getType()) || param.validateFn ? null : (_root, args) => args[name];
    }
    case "info":
    case "args":
    case "custom":
    case "pubSub":
      return null;
  }
}

function isInput(type: unknown): boolean {
  return getMetadataStorage().inputTypes.some(({ target }) => target === type);
}
