const CUSTOMER = /cus_\w+/g;

/** Whether anything in it names a customer in Stripe. */
export function namesCustomer(value: unknown): boolean {
  return JSON.stringify(value ?? null).includes("cus_");
}

/** The same value without the ids of customers who are not among those that may be seen. */
export function hideCustomers(value: unknown, seen: ReadonlySet<string>): unknown {
  if (typeof value === "string") {
    const isWhole = /^cus_\w+$/.test(value);
    if (isWhole) return seen.has(value) ? value : null;
    return value.replaceAll(CUSTOMER, (id) => (seen.has(id) ? id : "another customer"));
  }
  if (Array.isArray(value)) return value.map((each) => hideCustomers(each, seen));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key.replaceAll(CUSTOMER, (id) => (seen.has(id) ? id : "another customer")),
      hideCustomers(each, seen),
    ]),
  );
}
