import { html } from "./html";
import { top } from "./layout";
import type { PageReply } from "./page";

const TITLES: Record<number, string> = {
  403: "Please try again",
  404: "Not found",
  410: "No longer available",
  413: "Too much",
};

/** A page that says why there is nothing to see. */
export function goneAway(status: number, why: string, back: string | null = null): PageReply {
  const title = TITLES[status] ?? "That did not work";
  const link = back && html`<p><a class="button" href="${back}">Return</a></p>`;
  return {
    status,
    page: {
      title,
      narrow: true,
      body: html`${top("")}
        <h1>${title}</h1>
        <p>${why}</p>
        ${link}`,
    },
  };
}
