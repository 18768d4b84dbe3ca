import type { ErrorCode } from "../base/error-codes";
import type { Logger } from "../base/log";
import type { Mode } from "../base/mode";
import { Failure } from "../base/refusal";
import { BOUGHT_PATH, type OpenedPurchase, openPurchase } from "../checkout/open-purchase";
import type { Context, Identity } from "../graphql/context";
import { formatPrice } from "../links/format-price";
import { BUY_PATH } from "../links/purchase-url";
import type { ContextOf } from "./graphql";
import type { Answer, HttpRequest, Route } from "./route";
import { type PageLink, pageAnswer, type WayOut } from "./small-page";

/** The stable public address of a product: it redirects to wherever it is bought now. No credential is needed, or taken. */
export function buyRoutes(parts: BuyParts): Route[] {
  return [
    { path: `${BUY_PATH}/:product`, methods: ["GET"], isPage: true, answer: (request) => answerBuy(parts, request) },
    {
      path: BOUGHT_PATH,
      methods: ["GET"],
      isPage: true,
      answer: () => Promise.resolve(thankYou(parts.onward())),
    },
  ];
}

interface BuyParts {
  contextOf: ContextOf;
  log: Logger;
  /** Where somebody who has bought goes on; null when nothing says where. */
  onward: () => PageLink | null;
  wayOut: WayOut;
}

function thankYou(onward: PageLink | null): Answer {
  const page = { status: 200, title: "Thank you" };
  if (!onward) return pageAnswer({ ...page, says: ["Your purchase is being confirmed. You can close this page."] });
  return pageAnswer({ ...page, says: ["Your purchase is being confirmed."], link: onward });
}

async function answerBuy({ contextOf, log, wayOut }: BuyParts, request: HttpRequest): Promise<Answer> {
  const { params, search, requestId, address, path, headers } = request;
  // Browsers open pages before anybody has clicked, and each checkout is work for Stripe and for us.
  if (isGuess(request)) return guessed;
  const asked = new URLSearchParams(search);
  const mode: Mode = asked.get("mode") === "test" ? "TEST" : "LIVE";
  const context: Context = contextOf({ identity: visitorIn(mode), requestId, address });
  try {
    const opened = await openPurchase(context, {
      product: params["product"] ?? "",
      priceId: asked.get("price"),
      successUrl: asked.get("success"),
      cancelUrl: asked.get("cancel"),
      isDryRun: request.isHead,
    });
    return answerOpened(opened, asked);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    log.info({ code: error.code, requestId, ...error.note }, "somebody could not buy");
    return refused(error, wayOut({ path, search, referer: headers.referer, retryable: error.retryable }));
  }
}

function answerOpened(opened: OpenedPurchase, asked: URLSearchParams): Answer {
  switch (opened.kind) {
    case "PAGE":
      return { status: 302, headers: { location: encodeAddress(opened.url) } };
    case "CHOICE":
      return pageAnswer({
        status: 200,
        title: opened.productName,
        says: ["Choose how you want to buy it."],
        choices: opened.prices.map((price) => ({
          address: `?${new URLSearchParams([...asked, ["price", price.id]]).toString()}`,
          words: [price.nickname, formatPrice(price, "en")].filter(Boolean).join(": "),
        })),
      });
    case "UNOPENED":
      return { status: 200 };
  }
}

/** A header takes no letters outside Latin-1. */
function encodeAddress(url: string): string {
  return /^[\x21-\x7e]*$/.test(url) ? url : new URL(url).href;
}

/** Whoever has no credential may do here what the public may. */
function visitorIn(mode: Mode): Identity {
  return { role: "PUBLISHABLE", mode, apiKeyId: "", userId: null };
}

function isGuess({ headers }: HttpRequest): boolean {
  return /prefetch|prerender|preview/i.test(
    [headers["sec-purpose"], headers["purpose"], headers["x-purpose"]].join(" "),
  );
}

const guessed = { status: 204 };

const statuses: Partial<Record<ErrorCode, number>> = {
  NOT_FOUND: 404,
  INVALID_INPUT: 400,
  URL_NOT_ALLOWED: 400,
  RATE_LIMITED: 429,
  STRIPE_UNAVAILABLE: 503,
  UNAVAILABLE: 503,
};

/** Why is for those who sell; who wants to buy is told what to do. */
function refused({ code, retryable, details }: Failure, link: PageLink): Answer {
  const [title, says] =
    code === "NOT_FOUND"
      ? ["There is nothing here", "The link is incomplete, or what it sold is not offered any more."]
      : retryable
        ? ["Just a moment", "Too much is going on right now. Please try again in a minute."]
        : ["This cannot be bought at the moment", "Please tell those who gave you the link; the code says why."];
  const page = pageAnswer({ status: statuses[code] ?? 409, title, says: [says], link, code });
  const retryAfterMs = details?.["retryAfterMs"];
  if (typeof retryAfterMs !== "number") return page;
  return { ...page, headers: { ...page.headers, "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) } };
}
