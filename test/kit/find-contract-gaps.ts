import {
  type DocumentNode,
  type InputValueDefinitionNode,
  Kind,
  type TypeDefinitionNode,
  isTypeDefinitionNode,
  print,
} from "graphql";

/** What a schema lacks of a contract, a line each. Empty is good. */
export function findContractGaps(contract: DocumentNode, schema: DocumentNode): string[] {
  const built = typesOf(schema);
  return [...typesOf(contract)].flatMap(([name, wanted]) => {
    const found = built.get(name);
    if (!found) return [name];
    if (found.kind !== wanted.kind) return [`${name}: is a ${found.kind}, wanted ${wanted.kind}`];
    return typeGaps(name, wanted, found);
  });
}

function typesOf(document: DocumentNode): Map<string, TypeDefinitionNode> {
  return new Map(document.definitions.filter(isTypeDefinitionNode).map((type) => [type.name.value, type]));
}

interface Member {
  name: { value: string };
  arguments?: readonly InputValueDefinitionNode[];
  type?: Parameters<typeof print>[0];
}

/** Fields, enum values and interfaces alike. */
function membersOf(type: TypeDefinitionNode): Map<string, Member> {
  const lists: readonly (readonly Member[] | undefined)[] = [
    "fields" in type ? type.fields : [],
    "values" in type ? type.values : [],
  ];
  return new Map(lists.flatMap((list) => list ?? []).map((member) => [member.name.value, member]));
}

function typeGaps(name: string, wanted: TypeDefinitionNode, found: TypeDefinitionNode): string[] {
  const members = membersOf(found);
  const gaps = [...membersOf(wanted)].flatMap(([member, want]) => {
    const have = members.get(member);
    return have ? memberGaps(`${name}.${member}`, want, have) : [`${name}.${member}`];
  });
  const interfacesOf = (type: TypeDefinitionNode) =>
    ("interfaces" in type ? (type.interfaces ?? []) : []).map((each) => each.name.value);
  const missing = interfacesOf(wanted).filter((each) => !interfacesOf(found).includes(each));
  const required = wanted.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? newAndRequired(name, wanted, found) : [];
  return [...gaps, ...missing.map((each) => `${name}: does not implement ${each}`), ...required];
}

function newAndRequired(name: string, wanted: TypeDefinitionNode, found: TypeDefinitionNode): string[] {
  const known = membersOf(wanted);
  return [...membersOf(found)]
    .filter(([field, member]) => !known.has(field) && isRequired(member))
    .map(([field]) => `${name}.${field}: a new input field must not be required`);
}

function memberGaps(place: string, wanted: Member, found: Member): string[] {
  const args = new Map((found.arguments ?? []).map((argument) => [argument.name.value, argument]));
  const known = new Set((wanted.arguments ?? []).map((argument) => argument.name.value));
  const missing = (wanted.arguments ?? []).flatMap((argument) => {
    const have = args.get(argument.name.value);
    const argumentPlace = `${place}(${argument.name.value})`;
    return have ? typeGap(argumentPlace, argument, have) : [argumentPlace];
  });
  const required = [...args.values()].filter((argument) => !known.has(argument.name.value) && isRequired(argument));
  return [
    ...typeGap(place, wanted, found),
    ...missing,
    ...required.map((argument) => `${place}(${argument.name.value}): a new argument must not be required`),
  ];
}

function typeGap(place: string, wanted: Member, found: Member): string[] {
  const [want, have] = [wanted.type, found.type].map((type) => (type ? print(type) : ""));
  return want === have ? [] : [`${place}: is ${have}, wanted ${want}`];
}

function isRequired(member: Member & { defaultValue?: unknown }): boolean {
  return member.type?.kind === Kind.NON_NULL_TYPE && member.defaultValue === undefined;
}
