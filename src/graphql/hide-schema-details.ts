/**
 * graphql-js explains mistakes with names from the schema: "Did you mean …?", 'on type "ApiKey"'. Whoever may not read
 * the schema shall not learn it from guesses, so suggestions and names of types are taken out of the sentence.
 */
export function hideSchemaDetails(message: string, isTypeName: (name: string) => boolean): string {
  return message
    .replace(SUGGESTION, "")
    .replace(QUOTED, (quoted, open: string, name: string, rest: string, close: string) => {
      if (!isTypeName(name) || BUILT_IN.has(name)) return quoted;
      const member = rest.startsWith(".") ? rest.slice(1) : null;
      return member ? `"${member}"` : `"${open}[hidden]${close}"`;
    });
}

// Bounded, because callers can write these words into their own values as often as a body is long.
const SUGGESTION = / ?Did you mean [^?]{1,600}\?/g;
const QUOTED = /"(\[*)([_A-Za-z]\w*)((?:\.[_A-Za-z]\w*)?)([\]!]*)"/g;
const BUILT_IN = new Set(["Int", "Float", "String", "Boolean", "ID"]);
