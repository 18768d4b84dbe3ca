const LENGTH_MIN = 32;
const DISTINCT_MIN = 8;
const PERIOD_MAX = 16;
/** Steps between neighbours: random text of any alphabet has many different ones. */
const STEPS_MIN = 12;
/** In bits, by how often each character and each step occurs. `openssl rand -hex 16` has about 110. */
const ENTROPY_MIN = 80;
const PLACEHOLDER =
  /change.?(me|this)|replace.?(me|this|with)|your.?(own.?)?(encryption|secret).?key|placeholder|password|passphrase|qwert[yz]|asdfgh|letmein|[<>]|\.\.\.|…/i;

/** Why a secret could be guessed, as the end of a sentence that starts with its name; null for one that looks random. */
export function readWeakness(secret: string): string | null {
  if (secret.length < LENGTH_MIN) return `is shorter than ${LENGTH_MIN} characters`;
  if (PLACEHOLDER.test(secret)) return "is a placeholder out of an example";
  if (new Set(secret).size < DISTINCT_MIN || repeatsItself(secret)) return "repeats the same few characters";
  if (isSequence(secret)) return "is a sequence, such as 0123 or abcd";
  if (entropyOf(secret) < ENTROPY_MIN) return "is too regular to be random";
  return null;
}

/** Every part of it has been there before. */
function repeatsItself(text: string): boolean {
  for (let period = 1; period <= Math.min(PERIOD_MAX, text.length / 2); period++) {
    const unit = text.slice(0, period);
    if (unit.repeat(Math.ceil(text.length / period)).startsWith(text)) return true;
  }
  return false;
}

function isSequence(text: string): boolean {
  const steps = stepsOf(text);
  const short = steps.filter((step) => Math.abs(step) <= 1).length;
  return new Set(steps).size < STEPS_MIN || short > steps.length / 2;
}

function stepsOf(text: string): number[] {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  return codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
}

/** The smaller of what the characters and what the steps between them could tell. */
function entropyOf(text: string): number {
  return Math.min(informationOf([...text]), informationOf(stepsOf(text)));
}

function informationOf(symbols: readonly (string | number)[]): number {
  const counts = new Map<string | number, number>();
  for (const symbol of symbols) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / symbols.length);
  return bits;
}
