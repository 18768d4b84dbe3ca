const LENGTH_MAX = 400;
const HEAD = 150;
const TAIL = 230;
const LONG_QUOTE = /"((?:[^"\\]|\\.){40})(?:[^"\\]|\\.){20,}"/g;

/**
 * graphql-js quotes the value that it complains about, whatever its length, and sometimes twice. Long texts lose their
 * end; of what is still too long the middle goes, because where it was stands at the beginning and what was wrong at the
 * end.
 */
export function shortenMessage(message: string): string {
  const short = message.replace(LONG_QUOTE, '"$1…"');
  return short.length <= LENGTH_MAX ? short : `${short.slice(0, HEAD)} … ${short.slice(-TAIL)}`;
}
