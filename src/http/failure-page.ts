import type { Answer } from "./route";
import { type PageLink, pageAnswer } from "./small-page";

const TITLES: Readonly<Record<number, string>> = {
  404: "There is nothing here",
  429: "Just a moment",
  500: "Something went wrong",
  503: "Just a moment",
};

export interface PageFailure {
  status: number;
  message: string;
  code: string;
  headers: Readonly<Record<string, string>>;
}

/** A failure for somebody who opened an address in a browser. */
export function failurePage({ status, message, code, headers }: PageFailure, link: PageLink): Answer {
  const title = TITLES[status] ?? "This did not work";
  const page = pageAnswer({ status, title, says: [message], link, code });
  return { ...page, headers: { ...headers, ...page.headers } };
}
