import type { Config } from "../config/config";

/** Where a page of ours that ends something leads on. */
export interface Onward {
  address: string;
  words: string;
}

/**
 * The way on after a purchase whose link named no page to return to: the demo shop, else the only website to which people may
 * be sent. With several websites nothing says which one sold it.
 */
export function decideOnward(
  { allowedUrls, publicUrl }: Pick<Config, "allowedUrls" | "publicUrl">,
  demoPath: string | undefined,
): Onward | null {
  if (demoPath !== undefined) return { address: `${publicUrl}${demoPath}`, words: "Back to the demo shop" };
  const [site, ...others] = allowedUrls.filter((url) => /^https?:/.test(url));
  if (site === undefined || others.length > 0) return null;
  return { address: site, words: `Back to ${new URL(site).host}` };
}
