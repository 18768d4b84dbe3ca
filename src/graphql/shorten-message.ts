const LENGTH_MAX = 400;
const HEAD = 150;
const TAIL = 230;

/**
 * graphql-js quotes the value that it complains about, whatever its length. What was wrong stands at the end of its
 * sentences and where it was at the beginning, so the middle goes.
 */
export function shortenMessage(message: string): string {
  if (message.length <= LENGTH_MAX) return message;
  return `${message.slice(0, HEAD)} … ${message.slice(-TAIL)}`;
}
