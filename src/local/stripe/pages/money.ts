const WHOLE = new Set("bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split(" "));
const THOUSANDTHS = new Set("bhd jod kwd omr tnd".split(" "));

/** `$9.00`, `¥900`: Stripe counts in the smallest unit, and some currencies have no smaller one. */
export function money(amount: number, currency: string): string {
  const digits = digitsOf(currency);
  const value = amount / 10 ** digits;
  try {
    const shown = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat("en", { style: "currency", currency, ...shown }).format(value);
  } catch {
    return `${value.toFixed(digits)} ${currency.toUpperCase()}`;
  }
}

/** An amount as people write it (`12.50`), in the smallest unit; null for what is no amount. */
export function readAmount(text: string, currency: string): number | null {
  if (!/^\d{1,9}([.,]\d{1,3})?$/.test(text.trim())) return null;
  return Math.round(Number(text.trim().replace(",", ".")) * 10 ** digitsOf(currency));
}

function digitsOf(currency: string): number {
  if (WHOLE.has(currency)) return 0;
  return THOUSANDTHS.has(currency) ? 3 : 2;
}
