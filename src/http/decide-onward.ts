import type { Config } from "../config/config";
import { isAllowedPage } from "../links/return-url";
import type { PageLink } from "./small-page";

type OnwardConfig = Pick<Config, "allowedUrls" | "localMode" | "publicUrl">;

/** The person who opens a page of ours, as far as the request tells. */
export interface Visitor {
  /** The path of the demo shop; undefined where there is none. */
  demoPath: string | undefined;
  /** Where the link that they opened would send them back. */
  cancelUrl?: string | null;
  /** The page that they came from, as their browser says. */
  referer?: string | undefined;
}

/**
 * Where a page of ours leads on: to the page that the link names, the website of ours that the visitor came from, the demo
 * shop, or the only website to which people may be sent. With several websites nothing else says which one it was.
 */
export function decideOnward(config: OnwardConfig, { demoPath, cancelUrl, referer }: Visitor): PageLink | null {
  const { allowedUrls, publicUrl } = config;
  if (cancelUrl && isAllowedPage(config, cancelUrl)) return linkBack(cancelUrl);
  const origin = referer && URL.canParse(referer) ? new URL(referer).origin : null;
  const websites = allowedUrls.filter((url) => /^https?:/.test(url));
  if (origin !== null && websites.includes(origin)) return linkBack(origin);
  if (demoPath !== undefined) return { address: `${publicUrl}${demoPath}`, words: "Back to the demo shop" };
  const [site, ...others] = websites;
  return site === undefined || others.length > 0 ? null : linkBack(site);
}

/** The link of a page that says that something failed. There is always one: the last resort is to try again. */
export function decideWayOut(
  config: OnwardConfig,
  { path, retryable = false, ...visitor }: Visitor & { path: string; retryable?: boolean },
): PageLink {
  const onward = retryable ? null : decideOnward(config, visitor);
  if (onward) return onward;
  if (config.localMode && !retryable) return { address: `${config.publicUrl}/graphiql`, words: "Open GraphiQL" };
  // Two slashes would lead to another host.
  return { address: /^\/(?![/\\])/.test(path) ? path : "/", words: "Try again" };
}

function linkBack(address: string): PageLink {
  return { address, words: `Back to ${new URL(address).host}` };
}
