const QUOTE_MAX = 60;
const HEAD = 150;
const TAIL = 230;
// Ends at the closing quote or with the message, so that it matches at every quote and never has to look twice.
const QUOTED = /"(?:[^"\\]|\\.?)*(?:"|$)/gs;

/**
 * graphql-js quotes the value that it complains about, whatever its length, and sometimes twice. Long texts lose their
 * end; of what is still too long the middle goes, because where it was stands at the beginning and what was wrong at the
 * end.
 */
export function shortenMessage(message: string): string {
  const short = message.replace(QUOTED, (text) => (text.length > QUOTE_MAX ? `${text.slice(0, QUOTE_MAX)}…"` : text));
  return short.length <= HEAD + TAIL + 20 ? short : `${short.slice(0, HEAD)} … ${short.slice(-TAIL)}`;
}
