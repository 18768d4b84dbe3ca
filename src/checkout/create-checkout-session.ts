import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { actorOf } from "../activities/record-activities";
import { takingTurns } from "../access/apply-facts";
import { findQuestions } from "../decisions/check.store";
import { findPolicy } from "../access/policy.store";
import { newUuid } from "../base/ids";
import { Refusal } from "../base/refusal";
import { mayAct } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { runOnce } from "../idempotency/run-once";
import { readReturnUrl } from "../links/return-url";
import { subjectOf } from "../users/subject";
import { findUser, userNotFound } from "../users/users.store";
import { CheckoutSessionEntity } from "./checkout-session.entity";
import { findCheckoutById } from "./checkout-sessions.store";
import { chooseGuest } from "./choose-guest";
import { type Trial, chooseTrial } from "./choose-trial";
import { decideHeld } from "./decide-held";
import { type Terms, refuseOtherTerms, refuseOurMetadata } from "./decide-terms";
import { type FoundSale, findSale } from "./find-sale";
import { makeSession } from "./make-session";
import { type AskedCheckout, type CheckoutInput, readCheckoutInput } from "./read-checkout-input";
import { type Reservation, reserveSession } from "./reserve-session";
import { type SeenSession, settleSession } from "./settle-session";
import { tooLate, withinPatience } from "./within-patience";

const LOOKED_EVERY_MS = 50;

/**
 * Opens a checkout for somebody, or answers the one that is open. Our own row of it is what the purchase finds its user by:
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
  const buyer = await readBuyer(ctx, asked);
  return withinPatience(async (until) => {
    const sale = await findSale(ctx, asked.product, asked.priceId);
    if (isPublic) refuseOtherTerms(asked, termsOf(sale));
    const id = await claimKey(ctx, { asked, buyer, sale });
    const known = await findCheckoutById(ctx.db, id);
    if (known) return settleSession(ctx, sale.connection, known);
    for (;;) {
      const opened = await openOnce(ctx, { id, asked, buyer, sale, urls, until });
      if (opened) return opened;
      if (performance.now() > until) throw tooLate();
    }
  });
}

function termsOf({ connection, link, price }: FoundSale): Terms {
  const trialDays = price.recurring?.trialPeriodDays ?? 0;
  return { allowPromotionCodes: connection.allowPromotionCodes, trialDays, maxQuantity: link.maxQuantity };
}

interface Urls {
  success: string;
  cancel: string | null;
}

type Buyer = { userId: string; guest: null } | { userId: null; guest: NonNullable<AskedCheckout["guest"]> };

async function readBuyer(ctx: Context, { user: named, guest }: AskedCheckout): Promise<Buyer> {
  if (guest) {
    if (named !== null || ctx.identity.role === "USER") {
      const say = "A guest is somebody without an account: leave out the user, or the guest.";
      throw new Refusal("INVALID_INPUT", { say, field: "input.guest" });
    }
    const { autoCreateUsers } = await findPolicy(ctx.db, ctx.identity.mode);
    if (autoCreateUsers === "ON_PURCHASE") return { userId: null, guest };
    const say = "Guests cannot buy here: the policy does not let purchases make users.";
    throw new Refusal("FORBIDDEN", { say, field: "input.guest" });
  }
  const ref = await subjectOf(ctx, named);
  if (!ref) {
    const [say, field] =
      ctx.identity.role === "PUBLISHABLE"
        ? ["Name the guest who buys, or use the token of a user.", "input.guest"]
        : ["Name the user who buys, or a guest.", "input.user"];
    throw new Refusal("INVALID_INPUT", { say, field });
  }
  const user = await findUser(ctx.db, ref);
  if (!user) throw userNotFound("input.user");
  return { userId: user.id, guest: null };
}

/** The id of the checkout: the one that the caller's key stands for, if it was used before. */
async function claimKey(
  ctx: Context,
  { asked, buyer, sale }: { asked: AskedCheckout; buyer: Buyer; sale: FoundSale },
): Promise<string> {
  const now = ctx.clock.now();
  const made = { id: newUuid(now), now };
  const { idempotencyKey: key, user: _, ...rest } = asked;
  if (key === null) return made.id;
  const { mode, role } = ctx.identity;
  // People make up keys for themselves; those of two of them have nothing to do with one another.
  const scope = role === "USER" ? ` ${ctx.identity.userId}` : "";
  const input = { ...rest, userId: buyer.userId, product: sale.product.id };
  const once = { mode, operation: `createCheckoutSession${scope}`, key, input };
  return ctx.db.transaction((tx) => runOnce(tx, once, made, async () => {}));
}

interface Opening {
  id: string;
  asked: AskedCheckout;
  buyer: Buyer;
  sale: FoundSale;
  urls: Urls;
  until: number;
}

/** Null: something changed meanwhile; what is asked next finds it so. */
async function openOnce(ctx: Context, opening: Opening): Promise<SeenSession | null> {
  const { id, asked, buyer, sale, urls, until } = opening;
  if (buyer.userId !== null) await refuseOwner(ctx, buyer.userId, sale);
  const trial = await chooseTrial(ctx, sale, { asked: asked.trialDays, userId: buyer.userId });
  const reserved = await reserve(ctx, opening, trial);
  if (reserved.what === "WAIT") {
    await pause(LOOKED_EVERY_MS);
    return null;
  }
  const { row } = reserved;
  if (reserved.what === "HELD") {
    const held = await settleSession(ctx, sale.connection, row);
    return held.status === "open" || row.id === id ? held : null;
  }
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

/** A second purchase of what the user holds for good, or by a subscription, is refused. */
async function refuseOwner(ctx: Context, userId: string, { product }: FoundSale): Promise<void> {
  const key = { product: { id: product.id, key: null }, user: { id: userId, externalId: null } } as const;
  const [question] = await findQuestions(ctx.db, ctx.identity.mode, [key]);
  const held = decideHeld(question?.grants ?? [], ctx.clock.now());
  if (!held) return;
  throw new Refusal("ALREADY_HAS_ACCESS", {
    say: "The user may open this product already.",
    field: "input.product",
    details: { ...held },
  });
}

function reserve(ctx: Context, opening: Opening, trial: Trial): Promise<Reservation> {
  const { buyer } = opening;
  // Two guests with one new address at once: whoever is second finds the account of the first.
  return takingTurns(() =>
    ctx.db.transaction(async (tx) => {
      const now = ctx.clock.now();
      const userId = buyer.guest ? await chooseGuest(tx, ctx.identity, buyer.guest, now) : buyer.userId;
      const wanted = rowOf(ctx, opening, { userId, trial, now });
      return reserveSession(tx, { wanted, now, closesTrials: trial.isCounted, count: () => count(ctx) });
    }),
  );
}

/** Servers know what they do; what buyers open is counted. */
function count({ identity, address, config, take }: Context): void {
  const { checkoutsPerMinutePerUser, guestCheckoutsPerMinutePerAddress } = config.limits;
  if (identity.role === "USER") take(`checkouts of user ${identity.userId}`, checkoutsPerMinutePerUser);
  if (identity.role === "PUBLISHABLE") take(`checkouts from ${address}`, guestCheckoutsPerMinutePerAddress);
}

function rowOf(
  ctx: Context,
  { id, asked, buyer, sale }: Opening,
  { userId, trial, now }: { userId: string | null; trial: Trial; now: Date },
): CheckoutSessionEntity {
  const { idempotencyKey, user: _, guest: __, priceId: ___, ...rest } = asked;
  const terms = { ...rest, product: sale.product.id, trialDays: trial.days, promotion: promotionCodesOf(asked, sale) };
  // A guest's page is not given what another guest with the same address has open.
  const slot = idempotencyKey ?? (buyer.guest ? id : "");
  return Object.assign(new CheckoutSessionEntity(), {
    id,
    mode: ctx.identity.mode,
    connectionId: sale.connection.id,
    userId,
    isGuest: buyer.guest !== null,
    productId: sale.product.id,
    price: sale.price.id,
    quantity: asked.quantity,
    trialDays: trial.days,
    slot: slot === "" ? "" : hashOf(slot),
    inputHash: hashOf(JSON.stringify(Object.entries(terms).sort(([a], [b]) => (a < b ? -1 : 1)))),
    session: null,
    status: "MAKING",
    paymentStatus: "unpaid",
    tries: 0,
    claimedUntil: null,
    expiresAt: null,
    settledAt: null,
    createdBy: actorOf(ctx.identity).actorRef,
    createdAt: now,
  });
}

function promotionCodesOf({ allowPromotionCodes }: AskedCheckout, { connection }: FoundSale): boolean {
  return allowPromotionCodes ?? connection.allowPromotionCodes;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
