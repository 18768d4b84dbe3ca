import { readFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { isLong } from "../kit/is-long";
import { look } from "./browser-kit";

// It runs in the browser, whose names the types of Node do not have.
const INSIDE = readFileSync(path.join(__dirname, "page-mistakes.cjs"), "utf8")
  .replace(/^[^]*module\.exports = /, "")
  .replace(/;\s*$/, "");

const SIZES = [
  { size: "desktop", viewport: { width: 1280, height: 900 }, isTouched: false, shortScheme: "light" },
  { size: "phone", viewport: { width: 375, height: 740 }, isTouched: true, shortScheme: "dark" },
] as const;

export interface PageNeeds {
  /** False for a page that ends something and has nowhere to lead to. */
  needsLink?: boolean;
}

/**
 * What is wrong with the open page on a desktop and on a phone, in both colour schemes (one for each in the short suite): text with less contrast than 4.5 to
 * 1, sideways scrolling, targets of less than 44 px for fingers, fields without a label, no heading, no link.
 */
export async function findPageMistakes(
  page: Page,
  name: string,
  { needsLink = true }: PageNeeds = {},
): Promise<string[]> {
  const found: string[] = [];
  /* oxlint-disable no-await-in-loop -- one page has one size after the other */
  for (const { size, viewport, isTouched, shortScheme } of SIZES) {
    await page.setViewportSize(viewport);
    for (const colorScheme of isLong ? (["dark", "light"] as const) : [shortScheme]) {
      await page.emulateMedia({ colorScheme });
      const asked = JSON.stringify({ isTouched, needsLink });
      const mistakes = await page.evaluate<string[]>(`(${INSIDE})(${asked})`);
      found.push(...mistakes.map((mistake) => `${name}, ${size}, ${colorScheme}: ${mistake}`));
    }
    await look(page, `${name}-${size}`);
  }
  /* oxlint-enable no-await-in-loop */
  return found;
}
