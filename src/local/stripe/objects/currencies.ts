import { money } from "../pages/money";
import { invalid } from "../refuse";

/** The currencies in which Stripe takes money. */
const known = new Set(
  `
  usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny
  cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr isk jmd
  jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mro mur mvr mwk mxn myr mzn nad
  ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb
  tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
`
    .trim()
    .split(/\s+/),
);

/** Smallest charges, in the smallest unit of their currency. Others are taken from one unit on. */
const smallest: Readonly<Record<string, number>> = {
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1_500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1_000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1_000,
  usd: 50,
};

export function checkCurrency(currency: string, param = "currency"): string {
  const lower = currency.toLowerCase();
  if (known.has(lower)) return lower;
  const message = `Invalid currency: ${currency}. Stripe currently supports these currencies: ${[...known].join(", ")}`;
  throw invalid(message, { param });
}

/** Refuses an amount that is too small to be charged. */
export function checkAmount(amount: number, currency: string, param = "amount"): void {
  if (amount >= leastOf(currency)) return;
  throw invalid(`Amount must be at least ${leastText(currency)}`, { code: "amount_too_small", param });
}

/** Nothing at all is not too small: then nothing is charged. */
export function isTooSmall(amount: number, currency: string): boolean {
  return amount > 0 && amount < leastOf(currency);
}

/** `$0.50 usd` */
export function leastText(currency: string): string {
  return `${money(leastOf(currency), currency)} ${currency}`;
}

function leastOf(currency: string): number {
  return smallest[currency] ?? 1;
}
