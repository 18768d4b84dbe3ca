const [CURLY, CURLY_END] = [0x7b, 0x7d];
const [SQUARE, SQUARE_END] = [0x5b, 0x5d];
const [ROUND, ROUND_END] = [0x28, 0x29];
const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = "\\".charCodeAt(0);
const HASH = "#".charCodeAt(0);

/**
 * How deep brackets are nested in a JSON text or a GraphQL document, strings and comments aside. Parsers and validators
 * call themselves for each level, so this is asked before them: a hostile text must not use up the stack.
 */
export function measureNesting(text: string, language: "json" | "graphql"): number {
  let open = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === CURLY || code === SQUARE || code === ROUND) deepest = Math.max(deepest, ++open);
    else if (code === CURLY_END || code === SQUARE_END || code === ROUND_END) open--;
    else if (code === QUOTE) i = endOfString(text, i, language);
    else if (code === HASH && language === "graphql") i = endOfLine(text, i);
  }
  return deepest;
}

function endOfString(text: string, start: number, language: "json" | "graphql"): number {
  if (language === "graphql" && text.startsWith('"""', start)) return endOfBlock(text, start + 3);
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i;
  }
  return text.length;
}

function endOfBlock(text: string, start: number): number {
  let end = text.indexOf('"""', start);
  while (end > 0 && text.charCodeAt(end - 1) === BACKSLASH) end = text.indexOf('"""', end + 3);
  return end === -1 ? text.length : end + 2;
}

function endOfLine(text: string, start: number): number {
  const end = text.slice(start).search(/[\r\n]/);
  return end === -1 ? text.length : start + end;
}
