import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment as in RFC 3339, always answered in UTC: "2026-11-20T10:00:00.000Z". */
  DateTime: { input: string; output: string; }
  /** A JSON object of at most 16 KB. */
  JSON: { input: Record<string, unknown>; output: Record<string, unknown>; }
};

/** May this person open this product? Every answer says why and until when. */
export type AccessDecision = {
  __typename?: 'AccessDecision';
  /** Whether it may be opened. */
  allowed: Scalars['Boolean']['output'];
  /** How fresh our knowledge of Stripe is for this user; null: no Stripe object is involved. */
  asOf?: Maybe<Scalars['DateTime']['output']>;
  /** When access will end as things stand; null: no end is known. */
  endsAt?: Maybe<Scalars['DateTime']['output']>;
  /** The grant that decides; on denial the most recent one. */
  grant?: Maybe<Grant>;
  /** The product; null for UNKNOWN_PRODUCT and resources. */
  product?: Maybe<Product>;
  /** On denial: what to buy, by default first. Empty when nothing is for sale. */
  purchaseOptions: Array<PurchaseOption>;
  /** Why. */
  reason: AccessReason;
  /** The earliest moment at which this answer may change by the clock alone; null: it will not. */
  recheckAt?: Maybe<Scalars['DateTime']['output']>;
  /** When access begins, for NOT_STARTED. */
  startsAt?: Maybe<Scalars['DateTime']['output']>;
  /** The bundle that opened it. */
  via?: Maybe<Product>;
};

/** Why a decision is as it is. */
export type AccessExplanation = {
  __typename?: 'AccessExplanation';
  /** The decision that is explained. */
  decision: AccessDecision;
  /** Every grant of the user on the product and on bundles that include it. */
  grants: Array<Grant>;
  /** The links of the chain in order; the first that is not ok is why. */
  steps: Array<ExplanationStep>;
};

/** Who may open a product at all. */
export type AccessMode =
  /** Every user. */
  | 'AUTHENTICATED'
  /** Those who hold a grant on it, or on a bundle that includes it. */
  | 'ENTITLED'
  /** Everybody, signed in or not. */
  | 'PUBLIC';

/** What the owner of the shop decides about access, in this mode. */
export type AccessPolicy = {
  __typename?: 'AccessPolicy';
  /** Whether a purchase makes a user. */
  autoCreateUsers: AutoCreateUsers;
  /** What an open dispute does. */
  disputeOpened: DisputeRule;
  /** Whether a full refund of a one-off purchase ends access. */
  fullRefundEndsAccess: Scalars['Boolean']['output'];
  /** Whether a part of it is enough. */
  partialRefundEndsAccess: Scalars['Boolean']['output'];
  /** Days of grace for a run of unpaid invoices, counted from the first payment that failed or due date that passed. */
  pastDueGraceDays: Scalars['Int']['output'];
  /** Whether access is suspended while a subscription's invoices are not collected. */
  pausedCollectionSuspends: Scalars['Boolean']['output'];
  /** Trials that one user may have of a product; null: no limit. */
  trialsPerUser?: Maybe<Scalars['Int']['output']>;
};

/** Who gains and who loses access by a change, counted from what we hold of Stripe. Buyers whom we do not know yet are counted as gaining where a purchase makes users. */
export type AccessPreview = {
  __typename?: 'AccessPreview';
  /** People who have no access now and will have it. */
  gaining: Scalars['Int']['output'];
  /** False when the account holds more purchases than a preview reads in Stripe. The job of a dry run counts all. */
  isComplete: Scalars['Boolean']['output'];
  /** People who have access now and will not have it. */
  losing: Scalars['Int']['output'];
  /** At most ten of those who gain or lose. */
  sample: Array<User>;
  /** People whom it concerns and who keep their access. */
  unchanged: Scalars['Int']['output'];
  /** Events of these accounts that came in and are not worked on yet, as right after sales. What they say is not counted. 0: the counts are up to date. */
  waitingEvents: Scalars['Int']['output'];
};

/** Why a decision is as it is. */
export type AccessReason =
  /** Allowed: the product is open to every user. */
  | 'AUTHENTICATED'
  /** Denied: the subscription was cancelled and is over. */
  | 'CANCELLED'
  /** Denied: the payment is disputed. */
  | 'DISPUTED'
  /** Denied: access came to its end. */
  | 'EXPIRED'
  /** Allowed by a gift. */
  | 'GIFT'
  /** Allowed for a while although a payment failed. */
  | 'GRACE_PERIOD'
  /** Allowed because somebody granted it. */
  | 'MANUAL'
  /** Denied: nobody is signed in. */
  | 'NOT_AUTHENTICATED'
  /** Denied: access begins later, at `startsAt`. */
  | 'NOT_STARTED'
  /** Denied: there never was a reason to allow it. */
  | 'NO_GRANT'
  /** Denied: the subscription is paused. */
  | 'PAUSED'
  /** Denied: the payment failed. */
  | 'PAYMENT_FAILED'
  /** Denied: the payment has not arrived yet. */
  | 'PAYMENT_PENDING'
  /** Denied: the product is a draft or archived. */
  | 'PRODUCT_NOT_LIVE'
  /** Allowed: the product is open to everybody. */
  | 'PUBLIC'
  /** Allowed by a purchase. */
  | 'PURCHASE'
  /** Denied: the purchase was refunded. */
  | 'REFUNDED'
  /** Denied: access was revoked. */
  | 'REVOKED'
  /** Allowed by a subscription. */
  | 'SUBSCRIPTION'
  /** Allowed by a trial. */
  | 'TRIAL'
  /** Denied: there is no such product or resource, or this caller may not see it. */
  | 'UNKNOWN_PRODUCT'
  /** Denied: there is no such user. */
  | 'UNKNOWN_USER';

/** A line of the append-only journal. */
export type Activity = Node & {
  __typename?: 'Activity';
  /** Who made it happen. */
  actor: Actor;
  /** When it happened. */
  at: Scalars['DateTime']['output'];
  /** The name of a CUSTOM line: the caller's own, or one of ours (access.ending, customer.push-failed, product.push-failed, policy.updated, purchase.claimed, purchase.duplicate, purchase.unclaimed, refund.failed). */
  customType?: Maybe<Scalars['String']['output']>;
  /** Ids and numbers that go with it. User tokens see those of CUSTOM lines only, without customers who are not theirs. */
  data: Scalars['JSON']['output'];
  /** Opaque, and prefixed by its kind: usr_, prd_, grt_ and so on. */
  id: Scalars['ID']['output'];
  /** A sentence for people. User tokens see no ids of customers but their own in it. */
  message: Scalars['String']['output'];
  /** Where we learned of it: WEBHOOK, IMPORT, RECONCILIATION, API or CLOCK. `originKind` has the same as an enum. */
  origin: Scalars['String']['output'];
  /** Where we learned of it. */
  originKind: ActivityOrigin;
  /** What it is about. */
  product?: Maybe<Product>;
  /** When it was written down. */
  recordedAt: Scalars['DateTime']['output'];
  /** The object in Stripe that it is about. User tokens see no customers but their own. */
  stripeObject?: Maybe<Scalars['String']['output']>;
  /** What happened. */
  type: ActivityType;
  /** Whom it is about; null when the person was removed. */
  user?: Maybe<User>;
};

/** A page of a list of Activity. */
export type ActivityConnection = {
  __typename?: 'ActivityConnection';
  /** The rows of this page with their cursors. */
  edges: Array<ActivityEdge>;
  /** The rows of this page. */
  nodes: Array<Activity>;
  /** Where this page stands in the list. */
  pageInfo: PageInfo;
  /** How many rows the whole list has. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A Activity and its place in the list. */
export type ActivityEdge = {
  __typename?: 'ActivityEdge';
  /** Names the place of this row; stays good when rows are added or removed around it. */
  cursor: Scalars['String']['output'];
  /** The Activity. */
  node: Activity;
};

/** Which lines to list; what is left out does not matter. */
export type ActivityFilter = {
  /** Only what this one made happen. */
  actor?: InputMaybe<Actor>;
  /** What happened at this moment or later. */
  after?: InputMaybe<Scalars['DateTime']['input']>;
  /** What happened before this moment. */
  before?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only CUSTOM lines with one of these names, such as `access.ending` or a name of your own. */
  customTypes?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Only lines of these origins: WEBHOOK, IMPORT, RECONCILIATION, API or CLOCK. */
  origins?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Only about this product, by key or id. */
  product?: InputMaybe<Scalars['String']['input']>;
  /** Only these types. */
  types?: InputMaybe<Array<ActivityType>>;
  /** Only about this user, by our id or the caller's. Server keys also find purchases that may be the user's. */
  user?: InputMaybe<Scalars['ID']['input']>;
};

/** Where we learned of what a line says. */
export type ActivityOrigin =
  /** A call of this API or of the command line. */
  | 'API'
  /** A moment that was known in advance, such as an end. */
  | 'CLOCK'
  /** An import, of a list or when a product was linked. */
  | 'IMPORT'
  /** A comparison with Stripe. */
  | 'RECONCILIATION'
  /** An event of Stripe. */
  | 'WEBHOOK';

/** What a line of the journal says. */
export type ActivityType =
  /** A user may no longer open a product: no grant of it or of a live bundle keeps it open. Products that a user has through a bundle alone have no line of their own. */
  | 'ACCESS_ENDED'
  /** Somebody granted access by hand or by a server. */
  | 'ACCESS_GRANTED'
  /** Somebody revoked access that had been granted. */
  | 'ACCESS_REVOKED'
  /** A user may open a product from now on, and could not before. Not written where another grant, or one of a live bundle, had opened it. */
  | 'ACCESS_STARTED'
  /** A line that a caller wrote, or a rare one of ours, such as `access.ending`; `customType` names it. */
  | 'CUSTOM'
  /** A user was linked to a Stripe customer. */
  | 'CUSTOMER_LINKED'
  /** A user is no longer linked to a Stripe customer. */
  | 'CUSTOMER_UNLINKED'
  /** A dispute was decided. */
  | 'DISPUTE_CLOSED'
  /** A buyer disputes a payment. */
  | 'DISPUTE_OPENED'
  /** A payment failed, or an invoice was not paid by its due date. */
  | 'PAYMENT_FAILED'
  /** A payment was begun and has not arrived. */
  | 'PAYMENT_PENDING'
  /** A product was linked to a Stripe product. */
  | 'PRODUCT_LINKED'
  /** Somebody bought a product, once or as a subscription. */
  | 'PRODUCT_PURCHASED'
  /** A product is no longer linked to a Stripe product. */
  | 'PRODUCT_UNLINKED'
  /** A purchase was refunded, in full or in part. */
  | 'PURCHASE_REFUNDED'
  /** What we hold was compared with Stripe. */
  | 'RECONCILED'
  /** A Stripe account was connected. */
  | 'STRIPE_CONNECTED'
  /** A Stripe account was disconnected. */
  | 'STRIPE_DISCONNECTED'
  /** A cancellation was made; access may go on until the end of the period. */
  | 'SUBSCRIPTION_CANCELLED'
  /** The plan, the quantity or the period of a subscription changed. */
  | 'SUBSCRIPTION_CHANGED'
  /** A subscription is over. */
  | 'SUBSCRIPTION_ENDED'
  /** A subscription was renewed. */
  | 'SUBSCRIPTION_RENEWED'
  /** A paused or cancelled subscription goes on. */
  | 'SUBSCRIPTION_RESUMED'
  /** A subscription began. */
  | 'SUBSCRIPTION_STARTED'
  /** A user was made. */
  | 'USER_CREATED'
  /** A user was removed; the lines about them stay, without the person. */
  | 'USER_DELETED'
  /** A user came in by an import. */
  | 'USER_IMPORTED'
  /** A user was changed. */
  | 'USER_UPDATED';

/** Who made it happen. */
export type Actor =
  /** Somebody with a server key, or an administrator in Stripe. */
  | 'ADMIN'
  /** The person themselves. */
  | 'CUSTOMER'
  /** Stripe, by its own rules. */
  | 'STRIPE'
  /** Latchkey itself. */
  | 'SYSTEM';

/** A credential of a server or a page. */
export type ApiKey = Node & {
  __typename?: 'ApiKey';
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** When it stops working by itself; null: never. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** Opaque, and prefixed by its kind: usr_, prd_, grt_ and so on. */
  id: Scalars['ID']['output'];
  /** When it was last used, to within a few seconds. */
  lastUsedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The mode it works in. */
  mode: Mode;
  /** What people call it. */
  name: Scalars['String']['output'];
  /** The beginning of the key, to tell it apart. The rest is not kept. */
  prefix: Scalars['String']['output'];
  /** When it was revoked; it opens nothing since. */
  revokedAt?: Maybe<Scalars['DateTime']['output']>;
  /** What it may do. */
  role: Role;
};

/** Whether a purchase makes a user. */
export type AutoCreateUsers =
  /** Never: the purchase of somebody unknown waits to be claimed or linked. */
  | 'NEVER'
  /** A purchase of a linked product makes a user with the buyer's address, not verified. */
  | 'ON_PURCHASE';

/** How far the payment of a checkout is. */
export type CheckoutPaymentState =
  /** Nothing has to be paid now, as in a trial. */
  | 'NO_PAYMENT_REQUIRED'
  /** The money has arrived. */
  | 'PAID'
  /** Stripe reports a status that is not known here; `paymentStatus` has it. */
  | 'UNKNOWN'
  /** The money has not arrived. In a complete checkout it is on its way. */
  | 'UNPAID';

/** A checkout that we opened. */
export type CheckoutSession = {
  __typename?: 'CheckoutSession';
  /** Whether the buyer may open the product now. A page's key is told nothing of a buyer who has not paid. */
  access?: Maybe<AccessDecision>;
  /** Until when it can be paid. */
  expiresAt: Scalars['DateTime']['output'];
  /** Stripe's id of the session. */
  id: Scalars['String']['output'];
  /** What it says about its payment. */
  paymentState: CheckoutPaymentState;
  /** One of paid, unpaid and no_payment_required. Complete and unpaid: the money is on its way. `paymentState` has the same as an enum. */
  paymentStatus: Scalars['String']['output'];
  /** What is bought. */
  product: Product;
  /** How far it has come. */
  state: CheckoutSessionState;
  /** One of open, complete and expired. `state` has the same as an enum. */
  status: Scalars['String']['output'];
  /** Where to pay. Empty when there is nothing to pay any more. */
  url: Scalars['String']['output'];
  /** For whom it was opened. A page's key, which anybody may hold, is shown nobody. */
  user?: Maybe<User>;
};

/** How far a checkout has come. */
export type CheckoutSessionState =
  /** The buyer has finished it. The money may still be on its way. */
  | 'COMPLETE'
  /** It can no longer be paid. */
  | 'EXPIRED'
  /** It can be paid. */
  | 'OPEN'
  /** Stripe reports a status that is not known here; `status` has it. */
  | 'UNKNOWN';

/** A purchase, by one of its ids in Stripe, and whose it is. */
export type ClaimPurchaseInput = {
  /** The checkout session by which it was bought (cs_…). */
  checkoutSessionId?: InputMaybe<Scalars['String']['input']>;
  /** The account in which it is. If it is left out, each connected account is asked. */
  connection?: InputMaybe<Scalars['ID']['input']>;
  /** The invoice that was paid (in_…). */
  invoiceId?: InputMaybe<Scalars['String']['input']>;
  /** The payment (pi_…), or its charge (ch_… or py_…), of a purchase that was paid once. */
  paymentId?: InputMaybe<Scalars['String']['input']>;
  /** The subscription that was bought (sub_…). */
  subscriptionId?: InputMaybe<Scalars['String']['input']>;
  /** The user, by our id or the caller's. */
  user: Scalars['ID']['input'];
};

/** A Stripe account to be connected. */
export type ConnectStripeInput = {
  /** Whether checkout takes promotion codes; false by default. */
  allowPromotionCodes?: InputMaybe<Scalars['Boolean']['input']>;
  /** Whether the public sees what is for sale; true by default. */
  exposePurchaseOptions?: InputMaybe<Scalars['Boolean']['input']>;
  /** A secret or restricted key of it (sk_…, rk_…), of this credential's mode. */
  secretKey: Scalars['String']['input'];
  /** The signing secret of an endpoint that is there already (whsec_…); without it we make the endpoint. */
  webhookSecret?: InputMaybe<Scalars['String']['input']>;
};

/** How a Stripe account is attached. */
export type ConnectionStatus =
  /** Its key was good when it was last used. */
  | 'CONNECTED'
  /** It was disconnected. Its links, grants and history stay, and connecting it again revives them. */
  | 'DISCONNECTED'
  /** Something is wrong with it; `lastError` says what. */
  | 'ERROR';

/** A new key with its secret. */
export type CreateApiKeyPayload = {
  __typename?: 'CreateApiKeyPayload';
  /** The key as it is listed from now on. */
  apiKey: ApiKey;
  /** The key itself. It is shown this once; only its hash is kept. */
  secret: Scalars['String']['output'];
};

/** What is to be bought, by whom, and where they come back to. */
export type CreateCheckoutSessionInput = {
  /** Whether a promotion code can be entered; what the connection says by default. Only a server key can change that. */
  allowPromotionCodes?: InputMaybe<Scalars['Boolean']['input']>;
  /** Where they come back to without having paid. */
  cancelUrl?: InputMaybe<Scalars['String']['input']>;
  /** Instead of a user: somebody without an account. It is made first. */
  guest?: InputMaybe<GuestInput>;
  /** The same key with the same input returns the same session for 24 hours, whatever became of it. It belongs to the credential that sent it, and behind a publishable key to the visitor. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The language of Stripe's page, such as `de`; the browser's by default. */
  locale?: InputMaybe<Scalars['String']['input']>;
  /** Texts, numbers and booleans that Stripe keeps with the session, and with what it leads to. */
  metadata?: InputMaybe<Scalars['JSON']['input']>;
  /** The price; what the link sells by default otherwise. The public buys one of `purchaseOptions`, a server key sells every linked price. */
  priceId?: InputMaybe<Scalars['String']['input']>;
  /** The product, by key or id. */
  product: Scalars['String']['input'];
  /** How many; one by default. Only a server key can sell more than the link's `maxQuantity`. */
  quantity?: InputMaybe<Scalars['Int']['input']>;
  /** Where they come back to, on the allow-list. `{CHECKOUT_SESSION_ID}` in it is replaced by the session's id. */
  successUrl: Scalars['String']['input'];
  /** Days of a trial, 0 for none; what the price offers by default. Only a server key can give another trial. */
  trialDays?: InputMaybe<Scalars['Int']['input']>;
  /** The user, by our id or the caller's. A user token buys for its own user; a server key names one. */
  user?: InputMaybe<Scalars['ID']['input']>;
};

/** A way into the customer portal. */
export type CreatePortalSessionInput = {
  /** The account, if the user is a customer in several. AMBIGUOUS_CUSTOMER lists what can be named. */
  connection?: InputMaybe<Scalars['ID']['input']>;
  /** Whether a user who is no customer yet becomes one; otherwise NO_STRIPE_CUSTOMER. */
  createCustomerIfMissing?: InputMaybe<Scalars['Boolean']['input']>;
  /** With what it opens: HOME by default. */
  flow?: InputMaybe<PortalFlow>;
  /** One for each click: asked twice, Stripe answers with the same session. It is not kept here, and a session does not live long. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The portal's language, as `de`; by default the browser's. */
  locale?: InputMaybe<Scalars['String']['input']>;
  /** Where the portal leads back to: an https address or an app's, on the server's allow-list. */
  returnUrl: Scalars['String']['input'];
  /** A subscription (sub_…): the portal opens for the customer that holds it, and a flow is about it. May be left out when the user has one only. */
  subscription?: InputMaybe<Scalars['String']['input']>;
  /** The user, by our id or the caller's. A user token goes for itself; a server key names somebody. */
  user?: InputMaybe<Scalars['ID']['input']>;
};

/** A new product. */
export type CreateProductInput = {
  /** ENTITLED by default. */
  accessMode?: InputMaybe<AccessMode>;
  /** What it is. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** The https address of the page elsewhere where it is sold. */
  externalUrl?: InputMaybe<Scalars['String']['input']>;
  /** The https address of a picture. */
  imageUrl?: InputMaybe<Scalars['String']['input']>;
  /** Keys or ids of the products that this one opens too. */
  includes?: InputMaybe<Array<Scalars['String']['input']>>;
  /** A stable name of the caller's choice; unique. */
  key: Scalars['String']['input'];
  /** Replaces what the caller keeps here. */
  metadata?: InputMaybe<Scalars['JSON']['input']>;
  /** What people call it. */
  name: Scalars['String']['input'];
  /** NONE by default. */
  purchaseMethod?: InputMaybe<PurchaseMethod>;
  /** Replaces the reminders: how many days before access ends, at most 10 of them, from 1 to 365. Empty or null: none. */
  remindDaysBefore?: InputMaybe<Array<Scalars['Int']['input']>>;
  /** The https address of the page that sells it. */
  salesPageUrl?: InputMaybe<Scalars['String']['input']>;
  /** Whether listings show it to people without access; true by default. */
  showWhenLocked?: InputMaybe<Scalars['Boolean']['input']>;
  /** LIVE by default. */
  status?: InputMaybe<ProductStatus>;
  /** Replaces the tags. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
  /** What may be shown to people without access. */
  teaser?: InputMaybe<Scalars['String']['input']>;
};

/** One more price of a linked Stripe product. */
export type CreateStripePriceInput = {
  /** Whether checkout sells it if the buyer names no price; false by default. */
  asCheckoutPrice?: InputMaybe<Scalars['Boolean']['input']>;
  /** The currency, as three letters. */
  currency: Scalars['String']['input'];
  /** The same key with the same input makes one price only. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** One of day, week, month and year; null: paid once. */
  interval?: InputMaybe<Scalars['String']['input']>;
  /** Paid every so many of them; 1 by default. */
  intervalCount?: InputMaybe<Scalars['Int']['input']>;
  /** The link of the Stripe product. Where it names its prices, the new one is added. */
  link: Scalars['ID']['input'];
  /** Whether the public may buy it, beside what the link offers already; false by default. */
  offered?: InputMaybe<Scalars['Boolean']['input']>;
  /** Days for which a subscription is free at its beginning. */
  trialPeriodDays?: InputMaybe<Scalars['Int']['input']>;
  /** In the smallest unit of the currency: 900 is 9 euros, or 900 yen. */
  unitAmount: Scalars['Int']['input'];
};

/** A price, and the product of ours that it is for. */
export type CreateStripeProductInput = {
  /** Whether the same product, price and link are created in test mode too; false by default. For live keys only. The answer is the live link. */
  alsoInTestMode?: InputMaybe<Scalars['Boolean']['input']>;
  /** Whether it is sold through our checkout; true by default. */
  checkoutEnabled?: InputMaybe<Scalars['Boolean']['input']>;
  /** The account in which it is made, if several are connected. */
  connection?: InputMaybe<Scalars['ID']['input']>;
  /** The currency, as three letters. */
  currency: Scalars['String']['input'];
  /** The same key with the same input makes one product only. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** One of day, week, month and year; null: paid once. */
  interval?: InputMaybe<Scalars['String']['input']>;
  /** Paid every so many of them; 1 by default. */
  intervalCount?: InputMaybe<Scalars['Int']['input']>;
  /** The product, by key or id. Stripe's gets its name, description and picture. */
  product: Scalars['String']['input'];
  /** Whether a new name of the product is written to the Stripe product later; false by default. */
  pushName?: InputMaybe<Scalars['Boolean']['input']>;
  /** The account of test mode, if several are connected there. */
  testConnection?: InputMaybe<Scalars['ID']['input']>;
  /** Days for which a subscription is free at its beginning. */
  trialPeriodDays?: InputMaybe<Scalars['Int']['input']>;
  /** In the smallest unit of the currency: 900 is 9 euros, or 900 yen. */
  unitAmount: Scalars['Int']['input'];
};

/** A new user. */
export type CreateUserInput = {
  /** The account in which the customer is, if several are connected. */
  connection?: InputMaybe<Scalars['ID']['input']>;
  /** Unique, compared without case. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** Whether the caller has verified the address; false by default. */
  emailVerified?: InputMaybe<Scalars['Boolean']['input']>;
  /** The caller's own id for the user; unique. */
  externalId?: InputMaybe<Scalars['String']['input']>;
  /** The same key with the same input answers the same user. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Whatever the caller wants to keep here. */
  metadata?: InputMaybe<Scalars['JSON']['input']>;
  /** What the person is called. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** The customer in Stripe that the person is. What it bought is theirs before the answer. */
  stripeCustomerId?: InputMaybe<Scalars['String']['input']>;
};

/** The bounds within which a buyer chooses the amount, in the smallest unit of the currency. */
export type CustomAmount = {
  __typename?: 'CustomAmount';
  /** The most that may be paid. */
  maximum?: Maybe<Scalars['Int']['output']>;
  /** The least that may be paid. */
  minimum?: Maybe<Scalars['Int']['output']>;
  /** What is proposed. */
  preset?: Maybe<Scalars['Int']['output']>;
};

/** Who is removed, or would be, and what that means. Everything is counted in the key's mode. */
export type DeleteUsersPayload = {
  __typename?: 'DeleteUsersPayload';
  /** True: nobody was removed. */
  dryRun: Scalars['Boolean']['output'];
  /** Those whom nobody knows, as they were named. They stop nobody else. */
  notFound: Array<Scalars['ID']['output']>;
  /** What is to be thought of, in words. */
  note: Scalars['String']['output'];
  /** How many of them could open something until now. People are told in a sample only while they are there. */
  preview: AccessPreview;
  /** How many products they lose, each counted for each person who could open it. */
  productsLost: Scalars['Int']['output'];
  /** How many of their subscriptions Stripe goes on charging for, as far as we know, until they are ended there. */
  subscriptionsCharged: Scalars['Int']['output'];
  /** Those who are removed, or would be, by our ids. */
  users: Array<Scalars['ID']['output']>;
};

/** What an open dispute does to the access that was paid for. */
export type DisputeRule =
  /** Nothing: access stays until the dispute is lost. */
  | 'KEEP'
  /** Access ends; a dispute that is won restores it. */
  | 'REVOKE'
  /** Access is suspended until the dispute is decided. */
  | 'SUSPEND';

/** What a user may open, signed. */
export type EntitlementToken = {
  __typename?: 'EntitlementToken';
  /** When it stops being true to anybody; never later than a change that is known in advance. */
  expiresAt: Scalars['DateTime']['output'];
  /** A JWT; its signature is verified against /.well-known/jwks.json without asking us again. */
  token: Scalars['String']['output'];
};

/** Why something was refused: `extensions.code` of every error is one of these. */
export type ErrorCode =
  /** The object does not allow this; the message says what to do instead. */
  | 'ACTION_NOT_ALLOWED'
  /** There are active subscriptions; choose what happens to their holders. */
  | 'ACTIVE_SUBSCRIPTIONS'
  /** The user may open this product already. */
  | 'ALREADY_HAS_ACCESS'
  /** Several customers or users fit; `details` names them. */
  | 'AMBIGUOUS_CUSTOMER'
  /** Checkout is switched off for this link. */
  | 'CHECKOUT_DISABLED'
  /** The request contradicts the present state; read it again before trying once more. */
  | 'CONFLICT'
  /** The customer belongs to another user. */
  | 'CUSTOMER_ALREADY_LINKED'
  /** The connected account has no such customer. */
  | 'CUSTOMER_NOT_FOUND'
  /** A bundle cannot include itself, directly or through other bundles. */
  | 'CYCLE'
  /** That is not an e-mail address. */
  | 'EMAIL_INVALID'
  /** Another user has this e-mail address. */
  | 'EMAIL_TAKEN'
  /** Another user has this external id. */
  | 'EXTERNAL_ID_TAKEN'
  /** The credential is good, but it may not do this. The answer is the same whether or not the object exists. */
  | 'FORBIDDEN'
  /** This idempotency key or external reference was used before with other input. */
  | 'IDEMPOTENCY_MISMATCH'
  /** A mistake on our side. It is in our log under the request id in `details`. */
  | 'INTERNAL'
  /** The document, a variable or an input field is malformed; `field` names it where there is one. */
  | 'INVALID_INPUT'
  /** A job of this kind is running for the same subject. */
  | 'JOB_RUNNING'
  /** Another object has this key. */
  | 'KEY_TAKEN'
  /** The request is larger than a limit allows; `details` names the limit. */
  | 'LIMIT_EXCEEDED'
  /** The product cannot be bought. */
  | 'NOT_FOR_SALE'
  /** There is no such object, or this caller may not see it. */
  | 'NOT_FOUND'
  /** The product is not linked to Stripe. */
  | 'NOT_LINKED'
  /** There is no price that could be sold. */
  | 'NO_PRICE'
  /** The user has no Stripe customer yet. */
  | 'NO_STRIPE_CUSTOMER'
  /** This server has not seen the document behind that hash yet; send the whole document once. */
  | 'PERSISTED_QUERY_NOT_FOUND'
  /** The customer portal is switched off. */
  | 'PORTAL_DISABLED'
  /** The customer portal has no active configuration; `activateCustomerPortal` creates or chooses one. */
  | 'PORTAL_NOT_CONFIGURED'
  /** The price is archived in Stripe and can no longer be bought. */
  | 'PRICE_INACTIVE'
  /** The price does not belong to the linked Stripe product. */
  | 'PRICE_NOT_OF_PRODUCT'
  /** The product is a draft or archived. */
  | 'PRODUCT_NOT_LIVE'
  /** The purchase belongs to another user. */
  | 'PURCHASE_ALREADY_CLAIMED'
  /** There is no such purchase. */
  | 'PURCHASE_NOT_FOUND'
  /** Too many requests; `details.retryAfterMs` says when to try again. */
  | 'RATE_LIMITED'
  /** Stripe does not accept this key. */
  | 'STRIPE_KEY_INVALID'
  /** The object belongs to the other mode (live or test). */
  | 'STRIPE_MODE_MISMATCH'
  /** No Stripe account is connected in this mode; `connectStripe` mends it. */
  | 'STRIPE_NOT_CONNECTED'
  /** This Stripe product is linked to another product. */
  | 'STRIPE_PRODUCT_ALREADY_LINKED'
  /** The connected account has no such Stripe product. */
  | 'STRIPE_PRODUCT_NOT_FOUND'
  /** Stripe refused the request; the message says why. */
  | 'STRIPE_REFUSED'
  /** Stripe does not answer, or limits us. Try again. */
  | 'STRIPE_UNAVAILABLE'
  /** The user has used up the trials of this product. */
  | 'TRIAL_USED'
  /** No credential was sent, or the one that was sent is wrong, expired or revoked. */
  | 'UNAUTHENTICATED'
  /** The database, or something else that we need, does not answer at the moment. Where nothing could be answered, the HTTP status is 503. Try again. */
  | 'UNAVAILABLE'
  /** The address is not a web address, or not on the allow-list where one is required. */
  | 'URL_NOT_ALLOWED';

/** One link of the chain from a person to a product. */
export type ExplanationStep = {
  __typename?: 'ExplanationStep';
  /** The link of the chain that was checked. */
  check: Scalars['String']['output'];
  /** The finding, in words and in ids of this mode. */
  detail: Scalars['String']['output'];
  /** The call to run, or what to do in Stripe. It opens the product for this user alone; a fix that reaches other people says so. */
  fix?: Maybe<Scalars['String']['output']>;
  /** Whether it holds. */
  ok: Scalars['Boolean']['output'];
  /** The object in Stripe that it is about. */
  stripeObject?: Maybe<Scalars['String']['output']>;
};

/** The format of an export's file. */
export type ExportFormat =
  /** Comma-separated values, with a line of names first. */
  | 'CSV'
  /** A JSON object in each line. */
  | 'JSONL';

/** One reason why one user may open one product. */
export type Grant = Node & {
  __typename?: 'Grant';
  /** Whether the subscription was cancelled and runs out. */
  cancelAtPeriodEnd: Scalars['Boolean']['output'];
  /** When we wrote it down. */
  createdAt: Scalars['DateTime']['output'];
  /** When it ends or ended; null: no end is known. */
  endsAt?: Maybe<Scalars['DateTime']['output']>;
  /** Who granted it: a key or another system. For server keys only. */
  grantedBy?: Maybe<Scalars['String']['output']>;
  /** Opaque, and prefixed by its kind: usr_, prd_, grt_ and so on. */
  id: Scalars['ID']['output'];
  /** Why it was granted. For server keys only. */
  note?: Maybe<Scalars['String']['output']>;
  /** What may be opened. */
  product: Product;
  /** How many were bought. */
  quantity: Scalars['Int']['output'];
  /** Why it allows, or why it does not. */
  reason: AccessReason;
  /** Where it comes from. */
  source: GrantSource;
  /** When it begins. */
  startsAt: Scalars['DateTime']['output'];
  /** How it stands by the clock. */
  status: GrantStatus;
  /** Its page in Stripe's dashboard. For server keys only. */
  stripeDashboardUrl?: Maybe<Scalars['String']['output']>;
  /** The object in Stripe that it comes from. */
  stripeObject?: Maybe<Scalars['String']['output']>;
  /** Who may open it. */
  user: User;
};

/** Access that is granted by hand or from another system. */
export type GrantAccessInput = {
  /** When it ends; null: never. */
  endsAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** That system's own reference. The same again is the same grant. */
  externalRef?: InputMaybe<Scalars['String']['input']>;
  /** Whether it is a gift. */
  gift?: InputMaybe<Scalars['Boolean']['input']>;
  /** Why. It is kept for whoever asks later. */
  note: Scalars['String']['input'];
  /** Whether the caller's systems are told of it; they are by default. */
  notify?: InputMaybe<Scalars['Boolean']['input']>;
  /** The product, by key or id. */
  product: Scalars['String']['input'];
  /** The system that grants; `api` by default. */
  source?: InputMaybe<Scalars['String']['input']>;
  /** When it begins; now by default. */
  startsAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The user, by our id or the caller's. */
  user: Scalars['ID']['input'];
};

/** A page of a list of Grant. */
export type GrantConnection = {
  __typename?: 'GrantConnection';
  /** The rows of this page with their cursors. */
  edges: Array<GrantEdge>;
  /** The rows of this page. */
  nodes: Array<Grant>;
  /** Where this page stands in the list. */
  pageInfo: PageInfo;
  /** How many rows the whole list has. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A Grant and its place in the list. */
export type GrantEdge = {
  __typename?: 'GrantEdge';
  /** Names the place of this row; stays good when rows are added or removed around it. */
  cursor: Scalars['String']['output'];
  /** The Grant. */
  node: Grant;
};

/** Where a grant comes from. */
export type GrantSource =
  /** Somebody granted it as a gift. */
  | 'GIFT'
  /** It came with an import. */
  | 'IMPORT'
  /** Somebody granted it, by hand or from another system. */
  | 'MANUAL'
  /** A one-off purchase in Stripe. */
  | 'PURCHASE'
  /** A subscription in Stripe. */
  | 'SUBSCRIPTION';

/** How a grant stands by the clock, at the time of asking. */
export type GrantStatus =
  /** It opens the product. */
  | 'ACTIVE'
  /** It is over. */
  | 'ENDED'
  /** It still opens the product although a payment failed. */
  | 'GRACE'
  /** It has not begun. */
  | 'SCHEDULED'
  /** It opens nothing for the time being. */
  | 'SUSPENDED';

/** Somebody who buys without having an account. */
export type GuestInput = {
  /** Their e-mail address. An account is made with it, unverified. */
  email: Scalars['String']['input'];
  /** What the person is called. */
  name?: InputMaybe<Scalars['String']['input']>;
};

/** One person of a list. What is absent, null or empty is left as it is. */
export type ImportUserRow = {
  /** When access to the products ends; absent: never, or as it is. */
  accessEndsAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** By it the person is found if the external id is nobody's. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** Whether the caller has verified this address. */
  emailVerified?: InputMaybe<Scalars['Boolean']['input']>;
  /** The caller's own id. By it the person is found first. */
  externalId?: InputMaybe<Scalars['String']['input']>;
  /** Added to what is kept, key by key. */
  metadata?: InputMaybe<Scalars['JSON']['input']>;
  /** What the person is called. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** Products that the person may open, by key or id. */
  products?: InputMaybe<Array<Scalars['String']['input']>>;
  /** The customer in Stripe that the person is. One that is somebody else's stays theirs: that is a problem. */
  stripeCustomerId?: InputMaybe<Scalars['String']['input']>;
};

/** A list of people, as CSV or as rows, and how it is taken over. */
export type ImportUsersInput = {
  /** The account of the customers, if several are connected. */
  connection?: InputMaybe<Scalars['ID']['input']>;
  /** Whether people whom we do not know are made; true by default. Otherwise they are problems. */
  createUsers?: InputMaybe<Scalars['Boolean']['input']>;
  /** The list as CSV whose first row names the columns (docs/imports.md). One that is larger than a request may be is uploaded: POST /imports/users. */
  csv?: InputMaybe<Scalars['String']['input']>;
  /** Only count, and change nothing; false by default. */
  dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** Whether notices of new access are queued; false by default. */
  notify?: InputMaybe<Scalars['Boolean']['input']>;
  /** The list as rows, instead of csv. */
  rows?: InputMaybe<Array<ImportUserRow>>;
};

/** Long work: it goes on by itself, in whichever replica, also after a crash. */
export type Job = Node & {
  __typename?: 'Job';
  /** How many of them were new to us. */
  created: Scalars['Int']['output'];
  /** When it was asked for. */
  createdAt: Scalars['DateTime']['output'];
  /** How many rows were looked at so far. */
  done: Scalars['Int']['output'];
  /** Whether it only looks, and changes nothing. */
  dryRun: Scalars['Boolean']['output'];
  /** Why it failed, or what it waits for. */
  error?: Maybe<Scalars['String']['output']>;
  /** How many did not go in. Each is among the problems. */
  failed: Scalars['Int']['output'];
  /** When it was over. */
  finishedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Opaque, and prefixed by its kind: usr_, prd_, grt_ and so on. */
  id: Scalars['ID']['output'];
  /** What it does. */
  kind: JobKind;
  /** One for each row that did not go in, and for each difference that was found. */
  problems: JobProblemConnection;
  /** Where the file of an export is: an address for a quarter of an hour, made when it is asked for, which needs no credential. Null before the end, a day after it, and for other jobs. */
  resultUrl?: Maybe<Scalars['String']['output']>;
  /** How many changed nothing. */
  skipped: Scalars['Int']['output'];
  /** How it stands. */
  status: JobStatus;
  /** How many rows there are; null while that is not known. */
  total?: Maybe<Scalars['Int']['output']>;
  /** How many changed something that we held. */
  updated: Scalars['Int']['output'];
};


/** Long work: it goes on by itself, in whichever replica, also after a crash. */
export type JobProblemsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of a list of Job. */
export type JobConnection = {
  __typename?: 'JobConnection';
  /** The rows of this page with their cursors. */
  edges: Array<JobEdge>;
  /** The rows of this page. */
  nodes: Array<Job>;
  /** Where this page stands in the list. */
  pageInfo: PageInfo;
  /** How many rows the whole list has. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A Job and its place in the list. */
export type JobEdge = {
  __typename?: 'JobEdge';
  /** Names the place of this row; stays good when rows are added or removed around it. */
  cursor: Scalars['String']['output'];
  /** The Job. */
  node: Job;
};

/** What a job does. */
export type JobKind =
  /** Writes the journal into a file. */
  | 'ACTIVITY_EXPORT'
  /** Finds what was bought before a product was linked. */
  | 'LINK_IMPORT'
  /** Compares what we hold with what Stripe says. */
  | 'RECONCILIATION'
  /** Reads the events of Stripe's own list again. */
  | 'REPLAY'
  /** Writes users into a file. */
  | 'USER_EXPORT'
  /** Takes over users from a list. */
  | 'USER_IMPORT';

/** A row that did not go in, or a difference that was found. */
export type JobProblem = {
  __typename?: 'JobProblem';
  /** What is the matter. */
  code: ErrorCode;
  /** The same in words. */
  message: Scalars['String']['output'];
  /** Its place among all rows of the job, from 1. */
  row: Scalars['Int']['output'];
  /** What it is about, by its id in Stripe or with the caller. */
  subject?: Maybe<Scalars['String']['output']>;
};

/** A page of a list of JobProblem. */
export type JobProblemConnection = {
  __typename?: 'JobProblemConnection';
  /** The rows of this page with their cursors. */
  edges: Array<JobProblemEdge>;
  /** The rows of this page. */
  nodes: Array<JobProblem>;
  /** Where this page stands in the list. */
  pageInfo: PageInfo;
  /** How many rows the whole list has. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A JobProblem and its place in the list. */
export type JobProblemEdge = {
  __typename?: 'JobProblemEdge';
  /** Names the place of this row; stays good when rows are added or removed around it. */
  cursor: Scalars['String']['output'];
  /** The JobProblem. */
  node: JobProblem;
};

/** How a job stands. */
export type JobStatus =
  /** Somebody cancelled it. What it did until then stays. */
  | 'CANCELLED'
  /** It was given up; `error` says why. What it did until then stays. */
  | 'FAILED'
  /** It has not begun. */
  | 'QUEUED'
  /** It is being worked on, page by page, or waits until it can go on: then `error` says what for. */
  | 'RUNNING'
  /** It is through. Rows that did not go in are among its problems. */
  | 'SUCCEEDED';

/** Which customer in Stripe is which user. */
export type LinkCustomerInput = {
  /** The account in which the customer is, if several are connected. */
  connection?: InputMaybe<Scalars['ID']['input']>;
  /** Stripe's id of the customer. */
  customerId: Scalars['String']['input'];
  /** Whether the customer may be taken from another user who has it; otherwise that is CUSTOMER_ALREADY_LINKED. Other customers of the user stay theirs: a user may have several. */
  replace?: InputMaybe<Scalars['Boolean']['input']>;
  /** The user, by our id or the caller's. */
  user: Scalars['ID']['input'];
};

/** Whose a customer is now, and what that changed for the user. */
export type LinkCustomerPayload = {
  __typename?: 'LinkCustomerPayload';
  /** What the user may open now and could not before. */
  gained: Array<Product>;
  /** Purchases of this customer, as Stripe names them, that stay with other users: they were made in our checkout for them, or claimed by them. Empty for other mutations than `linkCustomer`. */
  keptByOthers: Array<Scalars['String']['output']>;
  /** The link; not active after an unlinking. A guest has no customer in Stripe: a claim of a guest's purchase answers a link of the user in that account, or, if there is none, one that is not active and whose `customerId` is empty. */
  link: StripeCustomerLink;
  /** What the user could open before and may not now. */
  lost: Array<Product>;
};

/** A product of ours, and the Stripe product that opens it. */
export type LinkProductInput = {
  /** One-off purchases end so many days after they were made. Not together with accessEndsAt. */
  accessDurationDays?: InputMaybe<Scalars['Int']['input']>;
  /** One-off purchases end at this moment. Not together with accessDurationDays. */
  accessEndsAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** What checkout sells if the buyer names no price. Naming one offers the product in our checkout, if it was bought in no way yet. */
  checkoutPriceId?: InputMaybe<Scalars['String']['input']>;
  /** The account of the Stripe product, if several are connected. */
  connection?: InputMaybe<Scalars['ID']['input']>;
  /** Only say who would gain and who would lose, and change nothing. */
  dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** Find those who bought before, by a job; true by default. With dryRun it has to be asked for: then the job says who would be found, and changes nothing. */
  importExisting?: InputMaybe<Scalars['Boolean']['input']>;
  /** How many the public may buy in one purchase. Null: 1. Server keys may sell more. */
  maxQuantity?: InputMaybe<Scalars['Int']['input']>;
  /** Tell those whom the import finds; false by default. */
  notifyImported?: InputMaybe<Scalars['Boolean']['input']>;
  /** The prices that the public may buy: publishable keys, guests and user tokens. Empty or null: the checkout price alone. Server keys may sell every price of the link. */
  offeredPriceIds?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Only these prices of the Stripe product count. Empty or null: all, later ones too. */
  priceIds?: InputMaybe<Array<Scalars['String']['input']>>;
  /** The product, by key or id. */
  product: Scalars['String']['input'];
  /** Whether a new name of the product is written to the Stripe product, in the background. Switched on, the name as it is now is written too. False by default: names in Stripe stay. */
  pushName?: InputMaybe<Scalars['Boolean']['input']>;
  /** Stripe's id of the product. */
  stripeProductId: Scalars['String']['input'];
};

/** A link that was made or changed, and whom that concerned. */
export type LinkProductPayload = {
  __typename?: 'LinkProductPayload';
  /** What finds those who bought before; null if nothing has to. */
  job?: Maybe<Job>;
  /** The link; null after a dry run. */
  link?: Maybe<StripeProductLink>;
  /** Whom the change concerns, counted just before it was made. */
  preview: AccessPreview;
};

/** Which of two worlds a credential lives in; it decides what is seen. */
export type Mode =
  /** Real money. Nothing bought in test mode opens anything here. */
  | 'LIVE'
  /** For trying out: test connections, links, grants and activities. */
  | 'TEST';

export type Mutation = {
  __typename?: 'Mutation';
  /** Makes sure that the customer portal has an active configuration in Stripe, and switches it on. One that was deactivated in Stripe is replaced. Asked again, it changes nothing. */
  activateCustomerPortal: StripeConnection;
  /** Ends a job after the page that it is at. What it has done stays done. */
  cancelJob: Job;
  /** Gives a purchase that has no owner yet to a user, with the customer in Stripe who paid it. A server key claims for anybody. A user token claims for its own user what was bought with the user's proved e-mail address; any other purchase is PURCHASE_NOT_FOUND. Nothing is created in Stripe. */
  claimPurchase: LinkCustomerPayload;
  /** Connects a Stripe account, or the same one again: its links, grants and history come back with it. */
  connectStripe: StripeConnection;
  /** Makes an API key in this credential's mode. */
  createApiKey: CreateApiKeyPayload;
  /** Opens Stripe's page to buy a product. A user has one open session for each product in an account: the same terms return it again, other terms expire it first. */
  createCheckoutSession: CheckoutSession;
  /** Opens the customer portal for a user: subscriptions, cards, invoices. Each click gets its own session. */
  createPortalSession: PortalSession;
  /** Makes a product. */
  createProduct: Product;
  /** Creates one more price of a linked Stripe product: a yearly price beside a monthly one. What was sold before is sold as before. */
  createStripePrice: StripeProductLink;
  /** Makes a product with a price in Stripe, named and described as ours, and links it. */
  createStripeProduct: StripeProductLink;
  /** Makes a user, linked to a customer in Stripe if one is named. */
  createUser: User;
  /** Makes a token with which a page or an app asks for one user only. */
  createUserToken: UserToken;
  /** Removes a user for good, in both modes: grants end, the user is blanked, the journal keeps its lines. No money moves: a subscription in Stripe goes on until it is cancelled there. Later events about what the user had bought create nobody; a purchase that is begun afterwards does, and createUser may. Used trials stay counted. */
  deleteUser: Scalars['ID']['output'];
  /** Removes up to 200 people for good, as deleteUser does, all in one step, in both modes. No money moves: nothing is cancelled or refunded in Stripe. Call `exportUsers` first: what is removed cannot be restored. */
  deleteUsers: DeleteUsersPayload;
  /** Disconnects an account and forgets its secrets. Links, grants and history stay; connecting it again revives them. */
  disconnectStripe: StripeConnection;
  /** Writes the lines of the journal that `activities` would list into a file. `Job.resultUrl` says where it is. */
  exportActivities: Job;
  /** Writes the users that `users` would list into a file, as they are when each page is written. `Job.resultUrl` says where it is. */
  exportUsers: Job;
  /** Opens a product to a user. Idempotent for a source and external reference. */
  grantAccess: Grant;
  /** Takes over people from a list, by a job: they are made or changed, granted products and linked to customers. The same list once more changes nothing. Each row that did not go in is among the job's problems, by its number. */
  importUsers: Job;
  /** Links a user to a customer in Stripe, or confirms a link that was made by e-mail address. Stripe is read again before the answer, so what was bought opens. Purchases of our own checkout stay with the user who made them. */
  linkCustomer: LinkCustomerPayload;
  /** Links a product to a Stripe product: whoever holds that may open ours. The preview counts from what we hold of Stripe; with `importExisting: true` it also reads in Stripe what the import will find. */
  linkProduct: LinkProductPayload;
  /** Compares what we hold with what Stripe says, and mends it. Each difference is among the problems of the job. It runs by itself every day, and after gaps in the webhooks, at most once an hour; such an automatic run never refuses yours. Where you ask for a whole connection, yours takes the place of the automatic run. */
  reconcile: Job;
  /** Writes a line of the caller's own into the journal, of type CUSTOM. */
  recordActivity: Activity;
  /** Forgets a piece of content. Answers whether there was one. */
  removeResource: Scalars['Boolean']['output'];
  /** Repairs the webhook endpoint in Stripe: missing events, address, disabled, deleted. One that we created is replaced where its version or secret is wrong; one that you created keeps both. */
  repairWebhookEndpoint: StripeConnection;
  /** Reads the events of Stripe's own list again. The job counts events that we missed as `created`, events that waited or had been given up, and are tried again at once, as `updated`, and events that are done as `skipped`. */
  replayEvents: Job;
  /** Revokes grants that were made by hand, as a gift or by an imported list, and returns them. A grant that comes from Stripe is refused with ACTION_NOT_ALLOWED: cancel the subscription or refund the payment in Stripe, or unlink the customer or the product. A paid grant that an earlier version revoked stays revoked; grantAccess opens the product again. */
  revokeAccess: Array<Grant>;
  /** Revokes an API key. From the answer on it opens nothing. */
  revokeApiKey: ApiKey;
  /** Makes a piece of content known, or changes what opens it. */
  setResource: Resource;
  /** Sets which products open everything that carries a tag. Answers true. */
  setResourceTag: Scalars['Boolean']['output'];
  /** Asks Stripe whether key, webhook endpoint and portal are as they should be; `lastError` says what is not. */
  testStripeConnection: StripeConnection;
  /** Ends the link of a user to a customer: what came from it ends for them. The customer is never linked again by its e-mail address. No money moves. */
  unlinkCustomer: LinkCustomerPayload;
  /** Ends a link. Nobody's money is touched. */
  unlinkProduct: UnlinkProductPayload;
  /** Changes the rules of this mode. The grants of everybody concerned follow at once. */
  updatePolicy: AccessPolicy;
  /** Changes what the customer portal offers, here and in Stripe. Its configuration is found there, or made once. */
  updatePortalSettings: StripeConnection;
  /** Changes a product. */
  updateProduct: Product;
  /** Changes a link. The access of everybody concerned follows at once. */
  updateProductLink: LinkProductPayload;
  /** Changes a connection: another key of the same account, another secret of its endpoint, choices. */
  updateStripeConnection: StripeConnection;
  /** Changes a user. A new e-mail address is also told to their customers in Stripe, in the background. */
  updateUser: User;
};


export type MutationActivateCustomerPortalArgs = {
  connection: Scalars['ID']['input'];
};


export type MutationCancelJobArgs = {
  id: Scalars['ID']['input'];
};


export type MutationClaimPurchaseArgs = {
  input: ClaimPurchaseInput;
};


export type MutationConnectStripeArgs = {
  input: ConnectStripeInput;
};


export type MutationCreateApiKeyArgs = {
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  name: Scalars['String']['input'];
  role: Role;
};


export type MutationCreateCheckoutSessionArgs = {
  input: CreateCheckoutSessionInput;
};


export type MutationCreatePortalSessionArgs = {
  input: CreatePortalSessionInput;
};


export type MutationCreateProductArgs = {
  input: CreateProductInput;
};


export type MutationCreateStripePriceArgs = {
  input: CreateStripePriceInput;
};


export type MutationCreateStripeProductArgs = {
  input: CreateStripeProductInput;
};


export type MutationCreateUserArgs = {
  input: CreateUserInput;
};


export type MutationCreateUserTokenArgs = {
  ttlSeconds?: InputMaybe<Scalars['Int']['input']>;
  user: Scalars['ID']['input'];
};


export type MutationDeleteUserArgs = {
  user: Scalars['ID']['input'];
};


export type MutationDeleteUsersArgs = {
  dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  users: Array<Scalars['ID']['input']>;
};


export type MutationDisconnectStripeArgs = {
  connection: Scalars['ID']['input'];
};


export type MutationExportActivitiesArgs = {
  fileFormat?: InputMaybe<ExportFormat>;
  filter?: InputMaybe<ActivityFilter>;
  format?: InputMaybe<Scalars['String']['input']>;
};


export type MutationExportUsersArgs = {
  fileFormat?: InputMaybe<ExportFormat>;
  filter?: InputMaybe<UserFilter>;
  format?: InputMaybe<Scalars['String']['input']>;
};


export type MutationGrantAccessArgs = {
  input: GrantAccessInput;
};


export type MutationImportUsersArgs = {
  input: ImportUsersInput;
};


export type MutationLinkCustomerArgs = {
  input: LinkCustomerInput;
};


export type MutationLinkProductArgs = {
  input: LinkProductInput;
};


export type MutationReconcileArgs = {
  input: ReconcileInput;
};


export type MutationRecordActivityArgs = {
  input: RecordActivityInput;
};


export type MutationRemoveResourceArgs = {
  key: Scalars['String']['input'];
};


export type MutationRepairWebhookEndpointArgs = {
  connection: Scalars['ID']['input'];
};


export type MutationReplayEventsArgs = {
  connection: Scalars['ID']['input'];
  since: Scalars['DateTime']['input'];
};


export type MutationRevokeAccessArgs = {
  input: RevokeAccessInput;
};


export type MutationRevokeApiKeyArgs = {
  id: Scalars['ID']['input'];
};


export type MutationSetResourceArgs = {
  input: SetResourceInput;
};


export type MutationSetResourceTagArgs = {
  input: SetResourceTagInput;
};


export type MutationTestStripeConnectionArgs = {
  connection: Scalars['ID']['input'];
};


export type MutationUnlinkCustomerArgs = {
  connection?: InputMaybe<Scalars['ID']['input']>;
  customerId?: InputMaybe<Scalars['String']['input']>;
  user: Scalars['ID']['input'];
};


export type MutationUnlinkProductArgs = {
  input: UnlinkProductInput;
};


export type MutationUpdatePolicyArgs = {
  input: UpdatePolicyInput;
};


export type MutationUpdatePortalSettingsArgs = {
  input: PortalSettingsInput;
};


export type MutationUpdateProductArgs = {
  input: UpdateProductInput;
};


export type MutationUpdateProductLinkArgs = {
  input: UpdateProductLinkInput;
};


export type MutationUpdateStripeConnectionArgs = {
  input: UpdateStripeConnectionInput;
};


export type MutationUpdateUserArgs = {
  input: UpdateUserInput;
};

/** Anything that has an id of its own and can be asked for by it. */
export type Node = {
  /** Opaque, and prefixed by its kind: usr_, prd_, grt_ and so on. */
  id: Scalars['ID']['output'];
};

/** Where a page stands in its list. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** The cursor of the last row; null for an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Exactly: whether anything follows this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Exactly: whether anything precedes this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first row; null for an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** With what the customer portal opens. */
export type PortalFlow =
  /** Its home page, with everything that it offers. */
  | 'HOME'
  /** Another card, and back. */
  | 'PAYMENT_METHOD_UPDATE'
  /** The end of a subscription, and back. */
  | 'SUBSCRIPTION_CANCEL'
  /** Another plan, and back. Which plans are offered is said in Stripe. */
  | 'SUBSCRIPTION_UPDATE';

/** A way into the customer portal, for one person and a few minutes. */
export type PortalSession = {
  __typename?: 'PortalSession';
  /** Where the portal leads back to. */
  returnUrl: Scalars['String']['output'];
  /** Where to send the user at once. Whoever has this address is taken for the user: never keep it. */
  url: Scalars['String']['output'];
};

/** What the customer portal of a Stripe account offers. */
export type PortalSettings = {
  __typename?: 'PortalSettings';
  /** Whether customers may cancel; what is paid for stays open until its end. */
  allowCancel: Scalars['Boolean']['output'];
  /** Whether customers may change their name and addresses. */
  allowCustomerUpdate: Scalars['Boolean']['output'];
  /** Whether customers see their invoices. */
  allowInvoiceHistory: Scalars['Boolean']['output'];
  /** Whether customers may change how they pay. */
  allowPaymentMethodUpdate: Scalars['Boolean']['output'];
  /** The configuration in Stripe (bpc_…); null: there is none yet. */
  configurationId?: Maybe<Scalars['String']['output']>;
  /** Whether portal sessions are made. */
  enabled: Scalars['Boolean']['output'];
  /** The address of the privacy policy that the portal shows. */
  privacyPolicyUrl?: Maybe<Scalars['String']['output']>;
  /** The address of the terms of service that the portal shows. */
  termsOfServiceUrl?: Maybe<Scalars['String']['output']>;
};

/** Changes to a customer portal: what is absent stays as it is. */
export type PortalSettingsInput = {
  /** Whether customers may cancel; what is paid for stays open until its end. */
  allowCancel?: InputMaybe<Scalars['Boolean']['input']>;
  /** Whether customers may change their name and addresses. */
  allowCustomerUpdate?: InputMaybe<Scalars['Boolean']['input']>;
  /** Whether customers see their invoices. */
  allowInvoiceHistory?: InputMaybe<Scalars['Boolean']['input']>;
  /** Whether customers may change how they pay. */
  allowPaymentMethodUpdate?: InputMaybe<Scalars['Boolean']['input']>;
  /** The connection (con_…). */
  connection: Scalars['ID']['input'];
  /** Whether portal sessions are made. */
  enabled?: InputMaybe<Scalars['Boolean']['input']>;
  /** The https address of the privacy policy that the portal shows; null: none. */
  privacyPolicyUrl?: InputMaybe<Scalars['String']['input']>;
  /** The https address of the terms of service that the portal shows; null: none. */
  termsOfServiceUrl?: InputMaybe<Scalars['String']['input']>;
};

/** What the caller sells access to. */
export type Product = Node & {
  __typename?: 'Product';
  /** May this user open it? */
  access: AccessDecision;
  /** Who may open it at all. */
  accessMode: AccessMode;
  /** When the product was made. */
  createdAt: Scalars['DateTime']['output'];
  /** What it is, in the caller's words. */
  description?: Maybe<Scalars['String']['output']>;
  /** The page elsewhere where it is sold. */
  externalUrl?: Maybe<Scalars['String']['output']>;
  /** Opaque, and prefixed by its kind: usr_, prd_, grt_ and so on. */
  id: Scalars['ID']['output'];
  /** A picture of it. */
  imageUrl?: Maybe<Scalars['String']['output']>;
  /** What it opens besides itself, in the caller's order. */
  includes: Array<Product>;
  /** Whether it is linked to a Stripe product of a connected account, in the viewer's mode. */
  isLinked: Scalars['Boolean']['output'];
  /** A stable name that the caller chose; accepted wherever a product is asked for. */
  key: Scalars['String']['output'];
  /** The Stripe products that open it, in the viewer's mode, also those of accounts that were disconnected. For server keys; others see none. */
  links: Array<StripeProductLink>;
  /** Whatever the caller keeps here. Whoever sees the product may read it. */
  metadata: Scalars['JSON']['output'];
  /** What people call it. */
  name: Scalars['String']['output'];
  /** How somebody without access gets it. */
  purchaseMethod: PurchaseMethod;
  /** How somebody without access gets it, by default first. Checkout sells the public exactly the prices shown here. Empty when it is not for sale. */
  purchaseOptions: Array<PurchaseOption>;
  /** A stable public address at which it can be bought: it leads to a fresh checkout, the sales page or the page elsewhere. Null when the public is offered nothing of it, or when guests cannot buy by checkout because `autoCreateUsers` is NEVER. */
  purchaseUrl?: Maybe<Scalars['String']['output']>;
  /** How many days before access ends its holders are reminded: a line CUSTOM `access.ending` for each, and a notice. */
  remindDaysBefore: Array<Scalars['Int']['output']>;
  /** The page that sells it. */
  salesPageUrl?: Maybe<Scalars['String']['output']>;
  /** Whether listings show it to people who may not open it. */
  showWhenLocked: Scalars['Boolean']['output'];
  /** Whether it is there for the public. */
  status: ProductStatus;
  /** The caller's tags, for filtering. */
  tags: Array<Scalars['String']['output']>;
  /** What may be shown to people without access. */
  teaser?: Maybe<Scalars['String']['output']>;
};


/** What the caller sells access to. */
export type ProductAccessArgs = {
  user?: InputMaybe<Scalars['ID']['input']>;
};

/** A page of a list of Product. */
export type ProductConnection = {
  __typename?: 'ProductConnection';
  /** The rows of this page with their cursors. */
  edges: Array<ProductEdge>;
  /** The rows of this page. */
  nodes: Array<Product>;
  /** Where this page stands in the list. */
  pageInfo: PageInfo;
  /** How many rows the whole list has. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A Product and its place in the list. */
export type ProductEdge = {
  __typename?: 'ProductEdge';
  /** Names the place of this row; stays good when rows are added or removed around it. */
  cursor: Scalars['String']['output'];
  /** The Product. */
  node: Product;
};

/** Which products to list; what is left out does not matter. */
export type ProductFilter = {
  /** Only products that are linked to a Stripe product in the viewer's mode, or only those that are not. */
  linked?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only products whose name or key holds this text, in any case. */
  search?: InputMaybe<Scalars['String']['input']>;
  /** Only products of this status. */
  status?: InputMaybe<ProductStatus>;
  /** Only products with this tag. */
  tag?: InputMaybe<Scalars['String']['input']>;
};

/** Whether a product is there for the public. */
export type ProductStatus =
  /** Kept for the record: the public does not see it and nobody may open it. */
  | 'ARCHIVED'
  /** Being prepared: the public does not see it and nobody may open it. */
  | 'DRAFT'
  /** Visible, and open to whoever the decision allows. */
  | 'LIVE';

/** How somebody without access gets it. */
export type PurchaseMethod =
  /** Through a checkout session. */
  | 'CHECKOUT'
  /** Somewhere else altogether. */
  | 'EXTERNAL_URL'
  /** It is not offered. */
  | 'NONE'
  /** Through the caller's sales page, which leads to checkout. */
  | 'SALES_PAGE';

/** One way to get a product. */
export type PurchaseOption = {
  __typename?: 'PurchaseOption';
  /** Why it cannot be bought. */
  blocker?: Maybe<ErrorCode>;
  /** How. */
  method: PurchaseMethod;
  /** What it costs; null where that is said elsewhere. The one that is sold by default comes first. */
  price?: Maybe<StripePrice>;
  /** What is bought. Of content that several products open, there are several. */
  product: Product;
  /** Whether it can be bought now. What cannot be bought is shown to administrators only. */
  purchasable: Scalars['Boolean']['output'];
  /** The sales page, or the page elsewhere; null for CHECKOUT, where `createCheckoutSession` leads. */
  url?: Maybe<Scalars['String']['output']>;
};

export type Query = {
  __typename?: 'Query';
  /** May this user open this product? */
  access: AccessDecision;
  /** The same for up to 200 products, in the order asked. */
  accessMany: Array<AccessDecision>;
  /** The journal, latest first. A user token reads its own lines. */
  activities: ActivityConnection;
  /** The API keys of this credential's mode, newest first, revoked ones too. */
  apiKeys: Array<ApiKey>;
  /** A checkout of ours, for the page that people come back to. What was bought opens before the answer. Null: none that this caller may see. */
  checkoutSession?: Maybe<CheckoutSession>;
  /** A signed list of what a user may open, for checks without a network. */
  entitlementToken: EntitlementToken;
  /** Why may this user open this product, or why not? */
  explainAccess: AccessExplanation;
  /** A job by its id; null if there is none in this mode. */
  job?: Maybe<Job>;
  /** The jobs of this mode, latest first. They are kept. */
  jobs: JobConnection;
  /** The user whom a user token speaks for; null for keys. */
  me?: Maybe<User>;
  /** Anything by its id; null if there is none that this caller may see. */
  node?: Maybe<Node>;
  /** The same for up to 200 ids, in the order asked. */
  nodes: Array<Maybe<Node>>;
  /** The rules about access in this mode. */
  policy: AccessPolicy;
  /** Who would gain and who would lose access by a change of the policy. */
  policyPreview: AccessPreview;
  /** A product by key or id. */
  product?: Maybe<Product>;
  /** The products that this caller may see, oldest first. The public is not shown what it may not open, unless it is shown when locked. */
  products: ProductConnection;
  /** A piece of content by the caller's name for it. */
  resource?: Maybe<Resource>;
  /** May this user open this piece of content? Any of its products opens it. */
  resourceAccess: AccessDecision;
  /** What is set up in this credential's mode and what is missing, each with what mends it. */
  setupStatus: SetupStatus;
  /** The Stripe accounts of this credential's mode, the oldest first, disconnected ones too. */
  stripeConnections: Array<StripeConnection>;
  /** The products of a connected Stripe account, newest first, asked of Stripe at this moment. */
  stripeProducts: StripeProductConnection;
  /** Purchases that would open something and have no owner, latest first: active subscriptions and paid orders of linked products. What ended, failed or was refunded is not listed. `claimPurchase` and `linkCustomer` give them an owner. */
  unclaimedPurchases: UnclaimedPurchaseConnection;
  /** A user by our id or the caller's own. */
  user?: Maybe<User>;
  /** A user by e-mail address, compared without case. */
  userByEmail?: Maybe<User>;
  /** Users, newest first. */
  users: UserConnection;
  /** Who is asking. */
  viewer: Viewer;
};


export type QueryAccessArgs = {
  at?: InputMaybe<Scalars['DateTime']['input']>;
  product: Scalars['String']['input'];
  user?: InputMaybe<Scalars['ID']['input']>;
};


export type QueryAccessManyArgs = {
  products: Array<Scalars['String']['input']>;
  user?: InputMaybe<Scalars['ID']['input']>;
};


export type QueryActivitiesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ActivityFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryCheckoutSessionArgs = {
  id: Scalars['String']['input'];
};


export type QueryEntitlementTokenArgs = {
  ttlSeconds?: InputMaybe<Scalars['Int']['input']>;
  user?: InputMaybe<Scalars['ID']['input']>;
};


export type QueryExplainAccessArgs = {
  product: Scalars['String']['input'];
  user: Scalars['ID']['input'];
};


export type QueryJobArgs = {
  id: Scalars['ID']['input'];
};


export type QueryJobsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  kind?: InputMaybe<JobKind>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


export type QueryNodesArgs = {
  ids: Array<Scalars['ID']['input']>;
};


export type QueryPolicyPreviewArgs = {
  input: UpdatePolicyInput;
};


export type QueryProductArgs = {
  key: Scalars['String']['input'];
};


export type QueryProductsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ProductFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryResourceArgs = {
  key: Scalars['String']['input'];
};


export type QueryResourceAccessArgs = {
  resource: Scalars['String']['input'];
  user?: InputMaybe<Scalars['ID']['input']>;
};


export type QueryStripeProductsArgs = {
  active?: InputMaybe<Scalars['Boolean']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  connection?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  search?: InputMaybe<Scalars['String']['input']>;
};


export type QueryUnclaimedPurchasesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<UnclaimedPurchaseFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryUserArgs = {
  id: Scalars['ID']['input'];
};


export type QueryUserByEmailArgs = {
  email: Scalars['String']['input'];
};


export type QueryUsersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<UserFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** What is compared with Stripe. */
export type ReconcileInput = {
  /** One connection; all of this mode by default. */
  connection?: InputMaybe<Scalars['ID']['input']>;
  /** Only report the differences, and mend nothing. */
  dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only what was bought since then. */
  since?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only what this user bought; everybody by default. */
  user?: InputMaybe<Scalars['ID']['input']>;
};

/** A line of the caller's own. */
export type RecordActivityInput = {
  /** Whatever goes with it. The user may read it. */
  data?: InputMaybe<Scalars['JSON']['input']>;
  /** A sentence for people; the type by default. */
  message?: InputMaybe<Scalars['String']['input']>;
  /** The product it is about, by key or id. */
  product?: InputMaybe<Scalars['String']['input']>;
  /** Your name for what happened. The names of our own CUSTOM lines, such as `access.ending`, are refused. */
  type: Scalars['String']['input'];
  /** The user it is about, by our id or the caller's. */
  user?: InputMaybe<Scalars['ID']['input']>;
};

/** How often a price is paid. */
export type Recurring = {
  __typename?: 'Recurring';
  /** One of day, week, month and year. `unit` has the same as an enum. */
  interval: Scalars['String']['output'];
  /** Every so many of them. */
  intervalCount: Scalars['Int']['output'];
  /** Days for which a subscription is free at its beginning. */
  trialPeriodDays?: Maybe<Scalars['Int']['output']>;
  /** The unit that `intervalCount` counts. */
  unit: RecurringUnit;
};

/** The unit in which the time between two payments is counted. */
export type RecurringUnit =
  /** Days. */
  | 'DAY'
  /** Months. */
  | 'MONTH'
  /** Stripe reports an interval that is not known here; `interval` has it. */
  | 'UNKNOWN'
  /** Weeks. */
  | 'WEEK'
  /** Years. */
  | 'YEAR';

/** A piece of the caller's content. Any of its effective products opens it; without any it is open. */
export type Resource = Node & {
  __typename?: 'Resource';
  /** All products that open it: its own and those of its tags. */
  effectiveProducts: Array<Product>;
  /** Opaque, and prefixed by its kind: usr_, prd_, grt_ and so on. */
  id: Scalars['ID']['output'];
  /** The caller's name for it, such as `post:42`. */
  key: Scalars['String']['output'];
  /** The products that the resource itself names. */
  products: Array<Product>;
  /** Its tags: the products of a tag open everything that carries it. */
  tags: Array<Scalars['String']['output']>;
};

/** One grant, or the grant of a reference, or all manual grants of a user on a product. */
export type RevokeAccessInput = {
  /** The reference that it was granted under. */
  externalRef?: InputMaybe<Scalars['String']['input']>;
  /** One grant. It must not come from Stripe. */
  grant?: InputMaybe<Scalars['ID']['input']>;
  /** Why. It is kept for whoever asks later. */
  note: Scalars['String']['input'];
  /** With a user: all their manual grants on it. */
  product?: InputMaybe<Scalars['String']['input']>;
  /** With a reference: the system that granted; `api` by default. */
  source?: InputMaybe<Scalars['String']['input']>;
  /** With a product: all their manual grants on it. */
  user?: InputMaybe<Scalars['ID']['input']>;
};

/** What a credential may do. */
export type Role =
  /** A server key that may do everything. */
  | 'ADMIN'
  /** No credential: nothing but health, the webhook endpoint, redirects and public keys. */
  | 'ANONYMOUS'
  /** A key that may be shown to the public: the catalogue, anonymous decisions, guest checkout. */
  | 'PUBLISHABLE'
  /** A server key that reads everything in its mode. */
  | 'READ'
  /** A user token: speaks for its own user only. */
  | 'USER'
  /** A server key that also writes users, grants and sessions. */
  | 'WRITE';

/** Which products open a piece of content. */
export type SetResourceInput = {
  /** The caller's name for it; made when there is none of this name. */
  key: Scalars['String']['input'];
  /** Replaces its own products, by key or id; absent leaves them. */
  products?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Replaces its tags; absent leaves them. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** Which products open everything that carries a tag. */
export type SetResourceTagInput = {
  /** Replaces the tag's products, by key or id. */
  products: Array<Scalars['String']['input']>;
  /** The tag. */
  tag: Scalars['String']['input'];
};

/** How far the set-up of a mode is. */
export type SetupStatus = {
  __typename?: 'SetupStatus';
  /** Whether every step that is required is done. */
  ready: Scalars['Boolean']['output'];
  /** All steps, in the order in which they are best done. */
  steps: Array<SetupStep>;
};

/** One thing that has to be in place, or should be. */
export type SetupStep = {
  __typename?: 'SetupStep';
  /** How it is, in a sentence. */
  detail: Scalars['String']['output'];
  /** Whether it is in place. */
  done: Scalars['Boolean']['output'];
  /** The mutation or setting that mends it; null: nothing to mend. */
  fix?: Maybe<Scalars['String']['output']>;
  /** Its name, which stays the same. */
  key: Scalars['String']['output'];
  /** Whether anything that is bought opens nothing without it. */
  required: Scalars['Boolean']['output'];
};

/** One Stripe account in one mode. */
export type StripeConnection = Node & {
  __typename?: 'StripeConnection';
  /** The account's id in Stripe (acct_…). */
  account: Scalars['String']['output'];
  /** What people know the account by. */
  accountName?: Maybe<Scalars['String']['output']>;
  /** Whether checkout sessions take promotion codes unless they say otherwise. */
  allowPromotionCodes: Scalars['Boolean']['output'];
  /** When the account was first connected. */
  createdAt: Scalars['DateTime']['output'];
  /** Whether the public sees what is for sale. */
  exposePurchaseOptions: Scalars['Boolean']['output'];
  /** Whether it comes from the settings of the server, which connect it again at the next start. */
  fromEnvironment: Scalars['Boolean']['output'];
  /** Opaque, and prefixed by its kind: usr_, prd_, grt_ and so on. */
  id: Scalars['ID']['output'];
  /** What is wrong with it, in a sentence; null: nothing. */
  lastError?: Maybe<Scalars['String']['output']>;
  /** The mode of its key. */
  mode: Mode;
  /** What its customer portal offers. */
  portal: PortalSettings;
  /** How it is attached. */
  status: ConnectionStatus;
  /** How well its webhooks arrive. */
  webhookHealth: WebhookHealth;
  /** Where Stripe sends this account's events. */
  webhookUrl: Scalars['String']['output'];
};

/** A customer in Stripe who is, or was, a user of ours. */
export type StripeCustomerLink = Node & {
  __typename?: 'StripeCustomerLink';
  /** False: it was unlinked, or the customer was deleted in Stripe. */
  active: Scalars['Boolean']['output'];
  /** The account in which the customer is. For server keys only. */
  connection: StripeConnection;
  /** Stripe's id of the customer. Empty where a guest paid, for whom Stripe has none. */
  customerId: Scalars['String']['output'];
  /** The customer's page in Stripe's dashboard. */
  dashboardUrl: Scalars['String']['output'];
  /** The customer's e-mail address as Stripe has it, kept up to date. A change in Stripe does not change the user. Null: none, or the customer was deleted. For server keys only. */
  email?: Maybe<Scalars['String']['output']>;
  /** Opaque, and prefixed by its kind: usr_, prd_, grt_ and so on. */
  id: Scalars['ID']['output'];
  /** Since when. */
  linkedAt: Scalars['DateTime']['output'];
  /** Who made the link: a key, or what was found out from a purchase or an e-mail address. */
  linkedBy: Scalars['String']['output'];
  /** The customer's name as Stripe has it, kept up to date. A change in Stripe does not change the user. Null: none, or the customer was deleted. For server keys only. */
  name?: Maybe<Scalars['String']['output']>;
  /** The user. */
  user: User;
};

/** A price in Stripe. */
export type StripePrice = {
  __typename?: 'StripePrice';
  /** Whether it can still be bought. */
  active: Scalars['Boolean']['output'];
  /** The currency, as three letters. */
  currency: Scalars['String']['output'];
  /** Where buyers choose the amount: its bounds. */
  customAmount?: Maybe<CustomAmount>;
  /** For people: "$9 per month". Whole amounts go without their zeros; other languages than English get signs instead of words. */
  formatted: Scalars['String']['output'];
  /** Stripe's id of the price. */
  id: Scalars['String']['output'];
  /** What it is called in Stripe, for those who sell. */
  nickname?: Maybe<Scalars['String']['output']>;
  /** How often it is paid; null: once. */
  recurring?: Maybe<Recurring>;
  /** The amount in the smallest unit of the currency, as Stripe counts it: cents, or whole yen. Null for amounts that buyers choose, for tiers and fractions, and for those that an Int cannot hold. */
  unitAmount?: Maybe<Scalars['Int']['output']>;
};


/** A price in Stripe. */
export type StripePriceFormattedArgs = {
  locale?: InputMaybe<Scalars['String']['input']>;
};

/** A product of a connected Stripe account, as Stripe has it now. */
export type StripeProduct = {
  __typename?: 'StripeProduct';
  /** False: archived. It can no longer be bought, and its holders keep it. */
  active: Scalars['Boolean']['output'];
  /** The price that Stripe shows first. */
  defaultPrice?: Maybe<StripePrice>;
  /** Its description in Stripe. */
  description?: Maybe<Scalars['String']['output']>;
  /** Stripe's id of the product. */
  id: Scalars['String']['output'];
  /** Its first picture in Stripe. */
  imageUrl?: Maybe<Scalars['String']['output']>;
  /** The product of ours that it opens. */
  linkedProduct?: Maybe<Product>;
  /** Its name in Stripe. */
  name: Scalars['String']['output'];
  /** All its prices, archived ones too. */
  prices: Array<StripePrice>;
};

/** A page of a list of StripeProduct. */
export type StripeProductConnection = {
  __typename?: 'StripeProductConnection';
  /** The rows of this page with their cursors. */
  edges: Array<StripeProductEdge>;
  /** The rows of this page. */
  nodes: Array<StripeProduct>;
  /** Where this page stands in the list. */
  pageInfo: PageInfo;
  /** How many rows the whole list has. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A StripeProduct and its place in the list. */
export type StripeProductEdge = {
  __typename?: 'StripeProductEdge';
  /** Names the place of this row; stays good when rows are added or removed around it. */
  cursor: Scalars['String']['output'];
  /** The StripeProduct. */
  node: StripeProduct;
};

/** Whoever holds this Stripe product, or one of the named prices of it, may open this product of ours. */
export type StripeProductLink = Node & {
  __typename?: 'StripeProductLink';
  /** One-off purchases end after so many days; null: never. */
  accessDurationDays?: Maybe<Scalars['Int']['output']>;
  /** One-off purchases end at this moment; null: never. */
  accessEndsAt?: Maybe<Scalars['DateTime']['output']>;
  /** Subscriptions that are going on for what the link covers: active, trialing or past due. As we know them. */
  activeSubscriptions: Scalars['Int']['output'];
  /** Whether it is sold through our checkout. It opens what was bought elsewhere in any case. */
  checkoutEnabled: Scalars['Boolean']['output'];
  /** What is sold if the buyer names no price: the chosen one, else Stripe's default, else the only one. Null: none. */
  checkoutPrice?: Maybe<StripePrice>;
  /** The account in which the Stripe product is. */
  connection: StripeConnection;
  /** Opaque, and prefixed by its kind: usr_, prd_, grt_ and so on. */
  id: Scalars['ID']['output'];
  /** The latest import for this link. */
  import?: Maybe<Job>;
  /** How many the public may buy in one purchase. */
  maxQuantity: Scalars['Int']['output'];
  /** The prices that the public may buy, and that `purchaseOptions` shows. Empty: the checkout price alone. */
  offeredPriceIds: Array<Scalars['String']['output']>;
  /** The prices that count. Empty: every price of the product, later ones too. */
  priceIds: Array<Scalars['String']['output']>;
  /** What it opens. */
  product: Product;
  /** Whether a new name of the product is written to the Stripe product, in the background. */
  pushName: Scalars['Boolean']['output'];
  /** False: archived or deleted in Stripe. It can no longer be bought; whoever holds it keeps access. */
  stripeProductActive: Scalars['Boolean']['output'];
  /** Stripe's id of the product. */
  stripeProductId: Scalars['String']['output'];
  /** The name in Stripe, kept up to date. */
  stripeProductName: Scalars['String']['output'];
};

export type Subscription = {
  __typename?: 'Subscription';
  /** How a job stands, then how it stands after each change, a few times a second at the most, to its end. */
  jobProgress: Job;
};


export type SubscriptionJobProgressArgs = {
  id: Scalars['ID']['input'];
};

/** A purchase that would open something and has no owner. For server keys only. */
export type UnclaimedPurchase = Node & {
  __typename?: 'UnclaimedPurchase';
  /** What an order cost, or a period of a subscription costs before discounts, in the smallest unit of the currency. Null when the prices that we know do not say. */
  amount?: Maybe<Scalars['Int']['output']>;
  /** When it was bought. */
  at: Scalars['DateTime']['output'];
  /** The one user whom it may belong to, if there is one. */
  candidate?: Maybe<User>;
  /** The account in which it was bought. */
  connection: StripeConnection;
  /** The currency, such as `usd`; null when it is not known. */
  currency?: Maybe<Scalars['String']['output']>;
  /** The customer in Stripe; null for a guest. */
  customerId?: Maybe<Scalars['String']['output']>;
  /** The customer's e-mail address, else the one given at the checkout. Null for PERSON_REMOVED, and when there is none. */
  email?: Maybe<Scalars['String']['output']>;
  /** Opaque, and prefixed by its kind: usr_, prd_, grt_ and so on. */
  id: Scalars['ID']['output'];
  /** What it would open. */
  products: Array<Product>;
  /** Why it has no owner. */
  reason: UnclaimedReason;
  /** Stripe's id of the purchase (sub_…, in_…, pi_… or cs_…): `claimPurchase` takes it. */
  stripeObject: Scalars['String']['output'];
};

/** A page of a list of UnclaimedPurchase. */
export type UnclaimedPurchaseConnection = {
  __typename?: 'UnclaimedPurchaseConnection';
  /** The rows of this page with their cursors. */
  edges: Array<UnclaimedPurchaseEdge>;
  /** The rows of this page. */
  nodes: Array<UnclaimedPurchase>;
  /** Where this page stands in the list. */
  pageInfo: PageInfo;
  /** How many rows the whole list has. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A UnclaimedPurchase and its place in the list. */
export type UnclaimedPurchaseEdge = {
  __typename?: 'UnclaimedPurchaseEdge';
  /** Names the place of this row; stays good when rows are added or removed around it. */
  cursor: Scalars['String']['output'];
  /** The UnclaimedPurchase. */
  node: UnclaimedPurchase;
};

/** Which purchases to list; what is left out does not matter. */
export type UnclaimedPurchaseFilter = {
  /** What was bought at this moment or later. */
  after?: InputMaybe<Scalars['DateTime']['input']>;
  /** What was bought before this moment. */
  before?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only what may belong to this user, by our id or the caller's. */
  candidate?: InputMaybe<Scalars['ID']['input']>;
  /** Only of this Stripe account. */
  connection?: InputMaybe<Scalars['ID']['input']>;
  /** Only what would open this product, by key or id. */
  product?: InputMaybe<Scalars['String']['input']>;
};

/** Why a purchase has no owner. */
export type UnclaimedReason =
  /** The customer was unlinked by hand, or several users fit: people decide. */
  | 'AMBIGUOUS'
  /** Neither the customer nor the checkout has an e-mail address. */
  | 'NO_EMAIL'
  /** The buyer was removed, and Stripe still charges. Cancel it in Stripe, or claim it with a server key. */
  | 'PERSON_REMOVED'
  /** A user has the buyer's address and has not proved it: `candidate` names the user. */
  | 'UNVERIFIED_CANDIDATE'
  /** No user has the buyer's address, and the policy lets purchases create no users. */
  | 'USERS_NOT_CREATED';

/** Which link ends, and what becomes of those who hold something by it. */
export type UnlinkProductInput = {
  /** Only say who would lose access, and change nothing. What would be refused is refused. */
  dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** The link. */
  link: Scalars['ID']['input'];
  /** REFUSE_IF_ACTIVE by default. */
  strategy?: InputMaybe<UnlinkStrategy>;
};

/** Whom the end of a link concerns. */
export type UnlinkProductPayload = {
  __typename?: 'UnlinkProductPayload';
  /** Who loses access, counted just before it ended. */
  preview: AccessPreview;
};

/** What becomes of those who hold something. */
export type UnlinkStrategy =
  /** What the link gave ends at once. Subscriptions in Stripe go on and are paid until somebody cancels them. */
  | 'END_GRANTS'
  /** Nothing new is given; what was given follows its subscription or purchase to the end. */
  | 'KEEP_GRANTS'
  /** Refuse while subscriptions are going on, and say how many. What was bought once is kept. */
  | 'REFUSE_IF_ACTIVE';

/** What changes; absent leaves. */
export type UpdatePolicyInput = {
  /** Whether a purchase makes a user. */
  autoCreateUsers?: InputMaybe<AutoCreateUsers>;
  /** What an open dispute does. */
  disputeOpened?: InputMaybe<DisputeRule>;
  /** Whether a full refund of a one-off purchase ends access. */
  fullRefundEndsAccess?: InputMaybe<Scalars['Boolean']['input']>;
  /** Whether a part of it is enough. */
  partialRefundEndsAccess?: InputMaybe<Scalars['Boolean']['input']>;
  /** Days of grace for a run of unpaid invoices, counted from the first payment that failed or due date that passed: 0 to 365. */
  pastDueGraceDays?: InputMaybe<Scalars['Int']['input']>;
  /** Whether access is suspended while invoices are not collected. */
  pausedCollectionSuspends?: InputMaybe<Scalars['Boolean']['input']>;
  /** Trials that one user may have of a product; null: no limit. */
  trialsPerUser?: InputMaybe<Scalars['Int']['input']>;
};

/** Changes to a product: null clears, absent leaves. */
export type UpdateProductInput = {
  /** ENTITLED by default. */
  accessMode?: InputMaybe<AccessMode>;
  /** What it is. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** The https address of the page elsewhere where it is sold. */
  externalUrl?: InputMaybe<Scalars['String']['input']>;
  /** The https address of a picture. */
  imageUrl?: InputMaybe<Scalars['String']['input']>;
  /** Keys or ids of the products that this one opens too. */
  includes?: InputMaybe<Array<Scalars['String']['input']>>;
  /** A new stable name; unique. */
  key?: InputMaybe<Scalars['String']['input']>;
  /** Replaces what the caller keeps here. */
  metadata?: InputMaybe<Scalars['JSON']['input']>;
  /** What people call it. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** The product, by key or id. */
  product: Scalars['String']['input'];
  /** NONE by default. */
  purchaseMethod?: InputMaybe<PurchaseMethod>;
  /** Replaces the reminders: how many days before access ends, at most 10 of them, from 1 to 365. Empty or null: none. */
  remindDaysBefore?: InputMaybe<Array<Scalars['Int']['input']>>;
  /** The https address of the page that sells it. */
  salesPageUrl?: InputMaybe<Scalars['String']['input']>;
  /** Whether listings show it to people without access; true by default. */
  showWhenLocked?: InputMaybe<Scalars['Boolean']['input']>;
  /** LIVE by default. */
  status?: InputMaybe<ProductStatus>;
  /** Replaces the tags. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
  /** What may be shown to people without access. */
  teaser?: InputMaybe<Scalars['String']['input']>;
};

/** Changes to a link: null clears, absent leaves. */
export type UpdateProductLinkInput = {
  /** One-off purchases end so many days after they were made. Not together with accessEndsAt. */
  accessDurationDays?: InputMaybe<Scalars['Int']['input']>;
  /** One-off purchases end at this moment. Not together with accessDurationDays. */
  accessEndsAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Whether it is sold through our checkout. */
  checkoutEnabled?: InputMaybe<Scalars['Boolean']['input']>;
  /** What checkout sells if the buyer names no price. Naming one offers the product in our checkout, if it was bought in no way yet. */
  checkoutPriceId?: InputMaybe<Scalars['String']['input']>;
  /** Only say who would gain and who would lose, and change nothing. */
  dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** The link. */
  link: Scalars['ID']['input'];
  /** How many the public may buy in one purchase. Null: 1. Server keys may sell more. */
  maxQuantity?: InputMaybe<Scalars['Int']['input']>;
  /** The prices that the public may buy: publishable keys, guests and user tokens. Empty or null: the checkout price alone. Server keys may sell every price of the link. */
  offeredPriceIds?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Only these prices of the Stripe product count. Empty or null: all, later ones too. */
  priceIds?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Whether a new name of the product is written to the Stripe product, in the background. Switched on, the name as it is now is written too. False by default: names in Stripe stay. */
  pushName?: InputMaybe<Scalars['Boolean']['input']>;
};

/** Changes to a connection: what is absent stays as it is. */
export type UpdateStripeConnectionInput = {
  /** Whether checkout takes promotion codes. */
  allowPromotionCodes?: InputMaybe<Scalars['Boolean']['input']>;
  /** The connection (con_…). */
  connection: Scalars['ID']['input'];
  /** Whether the public sees what is for sale. */
  exposePurchaseOptions?: InputMaybe<Scalars['Boolean']['input']>;
  /** The secret that is replaced, if we never had it; it stays good for a day. */
  previousWebhookSecret?: InputMaybe<Scalars['String']['input']>;
  /** Another secret or restricted key of the same account. */
  secretKey?: InputMaybe<Scalars['String']['input']>;
  /** The new signing secret of the endpoint. The one that it replaces stays good for a day. */
  webhookSecret?: InputMaybe<Scalars['String']['input']>;
};

/** Changes to a user: null clears, absent leaves. */
export type UpdateUserInput = {
  /** The account in which the customer is, if several are connected; without it, null unlinks in all. */
  connection?: InputMaybe<Scalars['ID']['input']>;
  /** A new address is unverified unless emailVerified says otherwise. */
  email?: InputMaybe<Scalars['String']['input']>;
  /** Whether the caller has verified the address. */
  emailVerified?: InputMaybe<Scalars['Boolean']['input']>;
  /** The caller's own id for the user; unique. */
  externalId?: InputMaybe<Scalars['String']['input']>;
  /** Replaces what was kept here. */
  metadata?: InputMaybe<Scalars['JSON']['input']>;
  /** What the person is called. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** The customer in Stripe that the person is, instead of another one in that account; null unlinks. */
  stripeCustomerId?: InputMaybe<Scalars['String']['input']>;
  /** The user, by our id or the caller's. */
  user: Scalars['ID']['input'];
};

/** A person of the caller's. We keep no passwords. */
export type User = Node & {
  __typename?: 'User';
  /** May this user open that product? */
  access: AccessDecision;
  /** The lines about this user in this mode, latest first. */
  activities: ActivityConnection;
  /** Whether to show the user a way to the customer portal: a customer of theirs bought something, paid or not any more, and the portal is on. */
  canOpenPortal: Scalars['Boolean']['output'];
  /** When the user was made. */
  createdAt: Scalars['DateTime']['output'];
  /** Unique, compared without case. */
  email?: Maybe<Scalars['String']['output']>;
  /** Whether the address was proved: by a WRITE key, or by an identity provider that is trusted with it. A proof counts in the mode of the credential that gave it, so this is the answer for the viewer's mode. */
  emailVerified: Scalars['Boolean']['output'];
  /** The caller's own id; accepted wherever a user is asked for. */
  externalId?: Maybe<Scalars['String']['output']>;
  /** The user's grants in this mode, newest first. */
  grants: GrantConnection;
  /** Opaque, and prefixed by its kind: usr_, prd_, grt_ and so on. */
  id: Scalars['ID']['output'];
  /** When a token of theirs was last used, to within minutes. */
  lastSeenAt?: Maybe<Scalars['DateTime']['output']>;
  /** Whatever the caller keeps here. The person themselves may read it. */
  metadata: Scalars['JSON']['output'];
  /** What the person is called. */
  name?: Maybe<Scalars['String']['output']>;
  /** Why not: NO_STRIPE_CUSTOMER before anything was bought; null when the way can be shown. */
  portalBlocker?: Maybe<ErrorCode>;
  /** Every product that the caller may see, with this user's decision, oldest first. The user's own token is not shown what is hidden while it is locked. */
  products: UserProductConnection;
  /** The customers in Stripe that the user is or was linked to, in the viewer's mode. For server keys; others see none. */
  stripeCustomers: Array<StripeCustomerLink>;
};


/** A person of the caller's. We keep no passwords. */
export type UserAccessArgs = {
  product: Scalars['String']['input'];
};


/** A person of the caller's. We keep no passwords. */
export type UserActivitiesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** A person of the caller's. We keep no passwords. */
export type UserGrantsArgs = {
  active?: InputMaybe<Scalars['Boolean']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** A person of the caller's. We keep no passwords. */
export type UserProductsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  allowed?: InputMaybe<Scalars['Boolean']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of a list of User. */
export type UserConnection = {
  __typename?: 'UserConnection';
  /** The rows of this page with their cursors. */
  edges: Array<UserEdge>;
  /** The rows of this page. */
  nodes: Array<User>;
  /** Where this page stands in the list. */
  pageInfo: PageInfo;
  /** How many rows the whole list has. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A User and its place in the list. */
export type UserEdge = {
  __typename?: 'UserEdge';
  /** Names the place of this row; stays good when rows are added or removed around it. */
  cursor: Scalars['String']['output'];
  /** The User. */
  node: User;
};

/** Which users to list; what is left out does not matter. */
export type UserFilter = {
  /** Made at this moment or later. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Made before this moment. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Who may open this product now, by key or id. */
  hasAccessTo?: InputMaybe<Scalars['String']['input']>;
  /** Who may not open this product now, by key or id. */
  lacksAccessTo?: InputMaybe<Scalars['String']['input']>;
  /** Who is linked to a customer in Stripe, in the viewer's mode, or who is not. */
  linkedToStripe?: InputMaybe<Scalars['Boolean']['input']>;
  /** Whose address, name or externalId holds this text, in any case. */
  search?: InputMaybe<Scalars['String']['input']>;
};

/** A product and what one user may do with it. */
export type UserProduct = {
  __typename?: 'UserProduct';
  /** The user's decision for it. */
  access: AccessDecision;
  /** The product. */
  product: Product;
};

/** A page of a list of UserProduct. */
export type UserProductConnection = {
  __typename?: 'UserProductConnection';
  /** The rows of this page with their cursors. */
  edges: Array<UserProductEdge>;
  /** The rows of this page. */
  nodes: Array<UserProduct>;
  /** Where this page stands in the list. */
  pageInfo: PageInfo;
  /** How many rows the whole list has. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A UserProduct and its place in the list. */
export type UserProductEdge = {
  __typename?: 'UserProductEdge';
  /** Names the place of this row; stays good when rows are added or removed around it. */
  cursor: Scalars['String']['output'];
  /** The UserProduct. */
  node: UserProduct;
};

/** A credential that speaks for one user. */
export type UserToken = {
  __typename?: 'UserToken';
  /** When it stops working. */
  expiresAt: Scalars['DateTime']['output'];
  /** The token, for the `Authorization: Bearer` header. */
  token: Scalars['String']['output'];
};

/** Who is asking, as the credential says. */
export type Viewer = {
  __typename?: 'Viewer';
  /** Whether to show a way to the customer portal: the viewer is a user whose customer bought something, paid or not any more, and the portal is on. */
  canOpenPortal: Scalars['Boolean']['output'];
  /** The mode that the credential decides. */
  mode: Mode;
  /** Why not: UNAUTHENTICATED when nobody is signed in, NO_STRIPE_CUSTOMER before anything was bought. */
  portalBlocker?: Maybe<ErrorCode>;
  /** What the credential may do. */
  role: Role;
  /** The user whom a user token speaks for. */
  user?: Maybe<User>;
};

/** How well a Stripe account's webhooks arrive. */
export type WebhookHealth = {
  __typename?: 'WebhookHealth';
  /** Whether the endpoint has the API version that we read. False: its events count all the same, and `setupStatus` advises to renew it. Null: the owner looks after it and none was found at our address. */
  apiVersionMatches?: Maybe<Scalars['Boolean']['output']>;
  /** Whether there is a signing secret: without one, our endpoint does not exist. */
  configured: Scalars['Boolean']['output'];
  /** Events that were tried often enough, and wait for somebody to look at them. */
  failed: Scalars['Int']['output'];
  /** When something well signed last came, to within a second. */
  lastEventAt?: Maybe<Scalars['DateTime']['output']>;
  /** When one was last refused. */
  lastRejectedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Needed, but not subscribed to as far as we know. `repairWebhookEndpoint` adds them. */
  missingEventTypes: Array<Scalars['String']['output']>;
  /** Events that are waiting to be worked on. */
  pending: Scalars['Int']['output'];
  /** Bodies that were refused, because their signature was missing, wrong or too old. Anybody can post one: `setupStatus` doubts the secret only after several different events of Stripe. */
  rejected: Scalars['Int']['output'];
  /** Well signed events of another account or mode; they have no effect. */
  strangers: Scalars['Int']['output'];
};

export type CheckAccessQueryVariables = Exact<{
  product: Scalars['String']['input'];
  user?: InputMaybe<Scalars['ID']['input']>;
}>;


export type CheckAccessQuery = { __typename?: 'Query', access: { __typename?: 'AccessDecision', allowed: boolean, reason: AccessReason, recheckAt?: string | null, product?: { __typename?: 'Product', key: string } | null } };

export type OpenProductMutationVariables = Exact<{
  input: GrantAccessInput;
}>;


export type OpenProductMutation = { __typename?: 'Mutation', grantAccess: { __typename?: 'Grant', id: string, status: GrantStatus, endsAt?: string | null, product: { __typename?: 'Product', key: string, metadata: Record<string, unknown> } } };


export const CheckAccessDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"CheckAccess"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"product"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"user"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"access"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"product"},"value":{"kind":"Variable","name":{"kind":"Name","value":"product"}}},{"kind":"Argument","name":{"kind":"Name","value":"user"},"value":{"kind":"Variable","name":{"kind":"Name","value":"user"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"allowed"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"recheckAt"}},{"kind":"Field","name":{"kind":"Name","value":"product"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}}]}}]}}]}}]} as unknown as DocumentNode<CheckAccessQuery, CheckAccessQueryVariables>;
export const OpenProductDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"OpenProduct"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"GrantAccessInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"grantAccess"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"endsAt"}},{"kind":"Field","name":{"kind":"Name","value":"product"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"metadata"}}]}}]}}]}}]} as unknown as DocumentNode<OpenProductMutation, OpenProductMutationVariables>;