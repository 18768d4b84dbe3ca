/** Names of the user and the product, as a caller writes them into a mutation. */
export interface FixNames {
  user: string;
  product: string;
}

type Argument = string | number | readonly string[] | { enum: string };

/** A mutation with its input, as it can be pasted: `grantAccess(input: { user: "usr_1", product: "course" })`. */
export function formatCall(mutation: string, input: Record<string, Argument>): string {
  const fields = Object.entries(input).map(([name, value]) => `${name}: ${formatValue(value)}`);
  return `${mutation}(input: { ${fields.join(", ")} })`;
}

function formatValue(value: Argument): string {
  return typeof value === "object" && "enum" in value ? value.enum : JSON.stringify(value);
}

/** Opens the product for this user and for no one else. */
export function formatGrantFix({ user, product }: FixNames): string {
  return formatCall("grantAccess", { user, product, note: "why" });
}

/** A fix that changes a product, a link, the policy or a connection reaches other people too, so it says whom. */
export function forEverybody(call: string, who: string, { hasDryRun }: { hasDryRun: boolean }): string {
  const tryFirst = hasDryRun ? "Run it with dryRun: true first." : "It has no dry run.";
  return `${call}. It changes access for everybody ${who}. ${tryFirst}`;
}

/** The way to claim a purchase depends on the kind of its id. */
export function formatClaimFix(user: string, source: string): string {
  const [kind = ""] = source.split("_");
  return formatCall("claimPurchase", { user, [claimFields[kind] ?? "paymentId"]: source });
}

const claimFields: Record<string, string> = { sub: "subscriptionId", in: "invoiceId", cs: "checkoutSessionId" };
