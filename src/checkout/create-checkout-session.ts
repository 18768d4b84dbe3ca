import { setTimeout as pause } from "node:timers/promises";
import { takingTurns } from "../access/apply-facts";
import { newUuid } from "../base/ids";
import { mayAct } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { type OnceKey, runOnce, standFor } from "../idempotency/run-once";
import { readReturnUrl } from "../links/return-url";
import { emailKeyOf } from "../users/email-key";
import { findCheckoutById, releaseCheckout } from "./checkout-sessions.store";
import { chooseGuest } from "./choose-guest";
import { type Trial, chooseTrial } from "./choose-trial";
import { closeSessions } from "./close-sessions";
import { type Terms, refuseOtherTerms, refuseOurMetadata } from "./decide-terms";
import { type FoundSale, findSale } from "./find-sale";
import { makeSession } from "./make-session";
import { newCheckoutRow, promotionCodesOf } from "./new-checkout-row";
import { type Buyer, getBuyer } from "./get-buyer";
import { type AskedCheckout, type CheckoutInput, readCheckoutInput } from "./read-checkout-input";
import { alreadyPaid, refuseHolder } from "./refuse-holder";
import { type Reservation, reserveSession } from "./reserve-session";
import { type SeenSession, asHeld, settleSession } from "./settle-session";
import { tooLate, withinPatience } from "./within-patience";

const LOOKED_EVERY_MS = 50;

/**
 * Opens a checkout for somebody, or returns the one that is open. Our own row of it is what the purchase finds its user by:
 * nothing that a buyer can write anywhere says whose it is.
 */
export async function createCheckoutSession(ctx: Context, input: CheckoutInput): Promise<SeenSession> {
  const isPublic = !mayAct(ctx.identity.role, ["WRITE"]);
  if (isPublic) refuseOurMetadata(input.metadata);
  const asked = readCheckoutInput(input);
  const { successUrl, cancelUrl } = asked;
  const urls: Urls = {
    success: readReturnUrl(ctx.config, successUrl, "input.successUrl", { mayHoldSession: true }).stripeUrl,
    cancel: cancelUrl === null ? null : readReturnUrl(ctx.config, cancelUrl, "input.cancelUrl").stripeUrl,
  };
  const buyer = await getBuyer(ctx, asked);
  return withinPatience(async (until) => {
    const sale = await findSale(ctx, asked.product, asked.priceId);
    if (isPublic) refuseOtherTerms(asked, termsOf(sale));
    // Before the key is looked at: repeating keys, and using up those of others, is counted too.
    if (asked.idempotencyKey !== null) count(ctx);
    const once = onceOf(ctx, { asked, buyer, sale });
    for (;;) {
      const opened = await openOnce(ctx, { once, asked, buyer, sale, urls, until });
      if (opened) return opened;
      if (performance.now() > until) throw tooLate();
    }
  });
}

interface Urls {
  success: string;
  cancel: string | null;
}

interface Opening {
  once: OnceKey;
  asked: AskedCheckout;
  buyer: Buyer;
  sale: FoundSale;
  urls: Urls;
  until: number;
}

function termsOf({ connection, link, price }: FoundSale): Terms {
  const trialDays = price.recurring?.trialPeriodDays ?? 0;
  return { allowPromotionCodes: connection.allowPromotionCodes, trialDays, maxQuantity: link.maxQuantity };
}

/** What the caller's key stands for, and whose it is. */
function onceOf({ identity, address }: Context, { asked, buyer, sale }: Pick<Opening, "asked" | "buyer" | "sale">) {
  const { idempotencyKey: key, user: _, ...rest } = asked;
  const visitor = { address, guest: buyer.guest ? emailKeyOf(buyer.guest.email) : null };
  const input = { ...rest, userId: buyer.userId, product: sale.product.id };
  return { identity, visitor, operation: "createCheckoutSession", key, input };
}

/** Null: something changed meanwhile, and the next try finds it so. */
async function openOnce(ctx: Context, opening: Opening): Promise<SeenSession | null> {
  const { once, asked, buyer, sale, urls, until } = opening;
  const now = ctx.clock.now();
  // The id of the checkout: the one that the caller's key stands for, if it was used before.
  const id = await ctx.db.transaction((tx) => runOnce(tx, once, { id: newUuid(now), now }, async () => {}));
  const known = await findCheckoutById(ctx.db, id);
  if (known) {
    const settled = await settleSession(ctx, sale.connection, known);
    return known.status === "CLOSING" && settled.status === "open" ? asHeld(known) : settled;
  }
  if (buyer.userId !== null) await refuseHolder(ctx, buyer.userId, sale.product);
  const trial = await chooseTrial(ctx, sale, { asked: asked.trialDays, userId: buyer.userId });
  const reserved = await reserve(ctx, { ...opening, id }, trial);
  if (reserved.what === "WAIT") {
    await pause(LOOKED_EVERY_MS);
    return null;
  }
  const { row } = reserved;
  if (buyer.userId !== null) await closeOthers(ctx, buyer.userId, sale, reserved);
  if (reserved.what === "HELD") return settleHeld(ctx, sale, reserved.row);
  const terms = {
    row,
    asked,
    product: sale.product,
    isRecurring: sale.price.recurring !== null,
    allowPromotionCodes: promotionCodesOf(asked, sale),
    successUrl: urls.success,
    cancelUrl: urls.cancel,
  };
  const guestEmail = buyer.guest?.email ?? null;
  return makeSession(ctx, { connection: sale.connection, terms, guestEmail, isAgain: reserved.isAgain, until });
}

/** Closes what the session takes the place of. If the user has just paid it, no other one is opened. */
async function closeOthers(
  ctx: Context,
  userId: string,
  { product }: FoundSale,
  { what, row }: Exclude<Reservation, { what: "WAIT" }>,
): Promise<void> {
  try {
    if (!(await closeSessions(ctx, { ...row, userId }))) return;
    // What was bought says more, if it opens already.
    await refuseHolder(ctx, userId, product);
    throw alreadyPaid();
  } catch (error) {
    if (what === "MAKE") await releaseCheckout(ctx.db, row.id, { isSpent: false });
    throw error;
  }
}

/** The open session again. Null: it is over, so another one is opened unless the product is held now. */
async function settleHeld(
  ctx: Context,
  { connection }: FoundSale,
  row: SeenSession["row"],
): Promise<SeenSession | null> {
  const held = await settleSession(ctx, connection, row);
  if (held.status === "complete" && held.paymentStatus === "unpaid") throw alreadyPaid();
  return held.status === "open" ? held : null;
}

function reserve(ctx: Context, opening: Opening & { id: string }, trial: Trial): Promise<Reservation> {
  const { id, once, asked, buyer, sale } = opening;
  const { identity } = ctx;
  // Two guests with one new address at once: whoever is second finds the account of the first.
  return takingTurns(() =>
    ctx.db.transaction(async (tx) => {
      const now = ctx.clock.now();
      const userId = buyer.guest ? await chooseGuest(tx, identity, buyer.guest, now) : buyer.userId;
      const wanted = newCheckoutRow({ id, identity, asked, sale, userId, trialDays: trial.days, now });
      const counted = () => (once.key === null ? count(ctx) : undefined);
      const reserved = await reserveSession(tx, { wanted, now, closesTrials: trial.isCounted, count: counted });
      if (reserved.what !== "WAIT") await standFor(tx, once, reserved.row.id);
      return reserved;
    }),
  );
}

/** Servers know what they do; what buyers open is counted. */
function count({ identity, address, config, take }: Context): void {
  const { checkoutsPerMinutePerUser, guestCheckoutsPerMinutePerAddress } = config.limits;
  if (identity.role === "USER") take(`checkouts of user ${identity.userId}`, checkoutsPerMinutePerUser);
  if (identity.role === "PUBLISHABLE") take(`checkouts from ${address}`, guestCheckoutsPerMinutePerAddress);
}
