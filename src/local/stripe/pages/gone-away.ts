import { html } from "./html";
import { top } from "./layout";
import type { PageReply } from "./page";

const TITLES: Record<number, string> = {
  403: "This cannot be done",
  404: "Not found",
  410: "No longer available",
  413: "Too much",
};

/** The link of a page that has nothing else to offer. */
export interface WayOut {
  address: string;
  words: string;
}

const toRoom: WayOut = { address: "/", words: "Go to the control room" };

/** Back to the shop, where its address is known. */
export function toShop(address: string | null | undefined): WayOut {
  return address ? { address, words: "Return to the shop" } : toRoom;
}

/** A page that says why there is nothing to see, and leads on. */
export function goneAway(status: number, why: string, way: WayOut = toRoom): PageReply {
  const title = TITLES[status] ?? "That did not work";
  return {
    status,
    page: {
      title,
      narrow: true,
      body: html`${top("")}
        <h1>${title}</h1>
        <p>${why}</p>
        <p><a class="button" href="${way.address}">${way.words}</a></p>`,
    },
  };
}
