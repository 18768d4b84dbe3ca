import { z } from "zod";
import { parseWebUrl } from "./read-value";

// Schemes that run code, read files or start other apps. A person who is "sent back" to one of them is attacked.
const NEVER =
  /^(javascript|data|file|blob|vbscript|about|filesystem|view-source|intent|content|chrome|ws|wss|ftp|ftps|mailto|tel|sms):/i;
const APP_SCHEME = /^[a-z][a-z0-9+.-]*:\/\/$/i;

/** The allow-list, normalised: `https://shop.example` and `shopapp://`. Entries are named by their place, not shown. */
export const readAllowedUrls = z.string().transform((text, context) => {
  const entries = text.split(",").map((entry) => entry.trim());
  const allowed = new Set<string>();
  entries.forEach((entry, index) => {
    const read = readEntry(entry);
    if ("allowed" in read) allowed.add(read.allowed);
    else context.addIssue(`Entry ${index + 1} ${read.problem}`);
  });
  return [...allowed];
});

function readEntry(entry: string): { allowed: string } | { problem: string } {
  if (entry === "") return { problem: "is empty: there is one comma too many." };
  if (entry.includes("*"))
    return { problem: "holds a wildcard: name each origin by itself, such as https://shop.example." };
  if (NEVER.test(entry)) return { problem: "has a scheme that nobody is ever sent to: use https or an app's own." };
  return /^https?:/i.test(entry) ? readOriginEntry(entry) : readSchemeEntry(entry);
}

function readOriginEntry(entry: string): { allowed: string } | { problem: string } {
  const url = parseWebUrl(entry, false);
  if (!url)
    return { problem: "must be https (http only for this machine itself), without user name, password or fragment." };
  if (url.pathname !== "/" || url.search) return { problem: "must be an origin only: https://shop.example, no path." };
  return { allowed: url.origin };
}

function readSchemeEntry(entry: string): { allowed: string } | { problem: string } {
  if (APP_SCHEME.test(entry)) return { allowed: entry.toLowerCase() };
  return { problem: "must be an origin such as https://shop.example or an app scheme such as shopapp://." };
}
