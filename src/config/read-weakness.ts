const LENGTH_MIN = 32;
const DISTINCT_MIN = 8;
const PERIOD_MAX = 8;
const PLACEHOLDER =
  /change.?(me|this)|replace.?(me|this|with)|your.?(own.?)?(encryption|secret).?key|placeholder|password|qwerty|[<>]|\.\.\.|…/i;

/** Why a secret could be guessed, as the end of a sentence that starts with its name; null for one that looks random. */
export function readWeakness(secret: string): string | null {
  if (secret.length < LENGTH_MIN) return `is shorter than ${LENGTH_MIN} characters`;
  if (PLACEHOLDER.test(secret)) return "is a placeholder out of an example";
  if (new Set(secret).size < DISTINCT_MIN || repeatsItself(secret)) return "repeats the same few characters";
  return null;
}

function repeatsItself(text: string): boolean {
  for (let period = 1; period <= PERIOD_MAX; period++) {
    const unit = text.slice(0, period);
    if (unit.repeat(Math.ceil(text.length / period)).startsWith(text)) return true;
  }
  return false;
}
