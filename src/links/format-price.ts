import type { StripePriceRow } from "./catalogue";

export type PricedAmount = Pick<StripePriceRow, "currency" | "unitAmount" | "customAmount" | "recurring">;

// How many digits Stripe's smallest unit stands behind the decimal point, where it is not two. Stripe counts some
// currencies that have no coins any more (ISK, UGX) in hundredths all the same, so ISO 4217 does not answer this.
const ZERO_DECIMAL = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "));
const THREE_DECIMAL = new Set("BHD JOD KWD OMR TND".split(" "));

export function decimalsOf(currency: string): 0 | 2 | 3 {
  const code = currency.toUpperCase();
  return ZERO_DECIMAL.has(code) ? 0 : THREE_DECIMAL.has(code) ? 3 : 2;
}

/**
 * What the price says to people: "$9", "€9.50 per month", "€25 per 3 months", "from $2". Whole amounts go without their
 * zeros. The words around the amount are English; in other languages signs take their place.
 */
export function formatPrice(price: PricedAmount, locale: string): string {
  const amount = formatAmount(price, locale);
  return price.recurring === null ? amount : `${amount}${formatRhythm(price.recurring, locale)}`;
}

function formatAmount({ currency, unitAmount, customAmount }: PricedAmount, locale: string): string {
  const write = (units: number) => writeMoney(units, currency, locale);
  if (unitAmount !== null) return write(unitAmount);
  if (customAmount === null) return isEnglish(locale) ? "Price varies" : currency.toUpperCase();
  const { minimum, maximum } = customAmount;
  if (minimum !== null && maximum !== null) return `${write(minimum)} – ${write(maximum)}`;
  if (minimum !== null) return isEnglish(locale) ? `from ${write(minimum)}` : `≥ ${write(minimum)}`;
  if (maximum !== null) return isEnglish(locale) ? `up to ${write(maximum)}` : `≤ ${write(maximum)}`;
  return isEnglish(locale) ? "Any amount" : currency.toUpperCase();
}

function writeMoney(units: number, currency: string, locale: string): string {
  const decimals = decimalsOf(currency);
  const amount = units / 10 ** decimals;
  const digits = Number.isInteger(amount) ? 0 : decimals;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: currency.toUpperCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount);
}

function formatRhythm({ interval, intervalCount }: NonNullable<PricedAmount["recurring"]>, locale: string): string {
  if (isEnglish(locale)) return ` per ${intervalCount === 1 ? interval : `${intervalCount} ${interval}s`}`;
  const unit = { style: "unit", unit: interval, unitDisplay: "long" } as const;
  return ` / ${new Intl.NumberFormat(locale, unit).format(intervalCount)}`;
}

function isEnglish(locale: string): boolean {
  return new Intl.Locale(locale).language === "en";
}
