import type { TestAnswer, TestError } from "./ask-graphql";
import type { Shop } from "./start-shop";

export const CHECKOUT_ENV = { LATCHKEY_ALLOWED_URLS: "https://shop.example, shopapp://" };
export const SUCCESS_URL = "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}&a=%20b";

const fields = `id url status state paymentStatus paymentState expiresAt user { id email } product { key }
  access { allowed reason endsAt grant { id } }`;

export const checkoutDocuments = {
  createCheckoutSession: `mutation ($input: CreateCheckoutSessionInput!) {
    answer: createCheckoutSession(input: $input) { ${fields} } }`,
  checkoutSession: `query ($id: String!) { answer: checkoutSession(id: $id) { ${fields} } }`,
  claimPurchase: `mutation ($input: ClaimPurchaseInput!) { answer: claimPurchase(input: $input) {
    link { customerId active linkedBy user { id } } gained { key } lost { key } } }`,
  createUser: `mutation ($input: CreateUserInput!) { answer: createUser(input: $input) { id } }`,
  access: `query ($product: String!, $user: ID!) { answer: access(product: $product, user: $user) { allowed reason } }`,
  updatePolicy: `mutation ($input: UpdatePolicyInput!) { answer: updatePolicy(input: $input) { trialsPerUser } }`,
} as const;

type Name = keyof typeof checkoutDocuments;

export interface SeenCheckout {
  id: string;
  url: string;
  status: string;
  state: string;
  paymentStatus: string;
  paymentState: string;
  expiresAt: string;
  user: { id: string; email: string | null } | null;
  product: { key: string };
  access: { allowed: boolean; reason: string; endsAt: string | null; grant: { id: string } | null };
}

interface Claimed {
  link: { customerId: string; active: boolean; linkedBy: string; user: { id: string } };
  gained: { key: string }[];
  lost: { key: string }[];
}

const CARD = "4242424242424242";

/** What buys, by its names. Without a credential an administrator's test key asks. */
export function checkoutOperationsOf(shop: Pick<Shop, "latchkey" | "control" | "stripe">) {
  const { latchkey, control, stripe } = shop;
  const run = async <Answer>(name: Name, variables: object, credential?: string) =>
    (await latchkey.get<{ answer: Answer }>(checkoutDocuments[name], { ...variables }, credential)).answer;
  const filled = (input: object) => ({ input: { successUrl: SUCCESS_URL, ...input } });
  return {
    open: (input: object, credential?: string) => run<SeenCheckout>("createCheckoutSession", filled(input), credential),
    tryOpen: (input: object, credential?: string): Promise<TestAnswer> =>
      latchkey.ask(checkoutDocuments.createCheckoutSession, filled(input), credential),
    notOpened: (input: object, credential?: string): Promise<TestError> =>
      latchkey.refused(checkoutDocuments.createCheckoutSession, filled(input), credential),
    see: (id: string, credential?: string) => run<SeenCheckout | null>("checkoutSession", { id }, credential),
    claim: (input: object) => run<Claimed>("claimPurchase", { input }),
    notClaimed: (input: object, credential?: string) =>
      latchkey.refused(checkoutDocuments.claimPurchase, { input }, credential),
    policy: (input: object) => run("updatePolicy", { input }),
    newUser: async (input: object) => (await run<{ id: string }>("createUser", { input })).id,
    opens: async (product: string, user: string) =>
      (await run<{ allowed: boolean }>("access", { product, user })).allowed,
    /** Somebody pays on Stripe's page. */
    pay: (session: string, more: object = {}) => control("complete-checkout", { session, card: CARD, ...more }),
    inStripe: (session: string) =>
      stripe.checkout.sessions.retrieve(session, { expand: ["subscription", "payment_intent", "line_items"] }),
  };
}
