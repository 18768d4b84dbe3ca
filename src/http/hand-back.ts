import type { Config } from "../config/config";
import { HAND_BACK_PATH, readHandBack } from "../links/hand-back-url";
import type { Route } from "./route";
import { type PageLink, pageAnswer, type WayOut } from "./small-page";

/**
 * Where Stripe sends those who came from an app: Stripe takes web addresses only. The page forwards by itself and has a
 * button, for browsers that open an app only when somebody presses one. Where the app is missing, it is what remains.
 */
export function handBackRoute(config: Pick<Config, "allowedUrls" | "sealingKeys">, wayOut: WayOut): Route {
  return {
    path: `${HAND_BACK_PATH}/:ticket`,
    methods: ["GET"],
    isPage: true,
    answer: ({ params, search, path, headers }) => {
      const session = new URLSearchParams(search).get("session");
      const address = readHandBack(config, params["ticket"] ?? "", session);
      return Promise.resolve(
        address === null ? leadsNowhere(wayOut({ path, search, referer: headers.referer })) : leadsTo(address),
      );
    },
  };
}

function leadsTo(address: string) {
  return pageAnswer({
    status: 200,
    title: "Back to the app",
    says: ["If the app is not on this device, you can close this page: nothing is lost."],
    link: { address, words: "Open the app" },
    forward: address,
  });
}

function leadsNowhere(link: PageLink) {
  return pageAnswer({
    status: 404,
    title: "This link leads nowhere",
    says: ["It is incomplete, or no longer good. Open the app again; nothing is lost."],
    link,
    code: "NOT_FOUND",
  });
}
