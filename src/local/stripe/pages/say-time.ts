const DAY = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" });
const SHORT = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });
const MINUTE = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });

/** `November 2, 2026`. */
export function day(seconds: number): string {
  return DAY.format(seconds * 1000);
}

/** `Nov 2, 2026`, for tables. */
export function shortDay(seconds: number): string {
  return SHORT.format(seconds * 1000);
}

/** With the time of day, for the control room. */
export function moment(seconds: number): string {
  return `${MINUTE.format(seconds * 1000)} UTC`;
}

/** `per month`, `every 3 months`. */
export function rhythm({ interval, interval_count: count }: { interval: string; interval_count: number }): string {
  return count === 1 ? `per ${interval}` : `every ${count} ${interval}s`;
}
