import { DEMO_QUERY, SETUP_QUERY } from "../app/first-query";
import type { Config } from "../config/config";

/** Where the simulated Stripe can be clicked. */
export interface ShopLinks {
  controlUrl: string;
  linkUrl?: string;
}

/** A page needs these keys and names to sell the demo. */
export interface DemoSale {
  /** The key of the product to begin with. */
  product: string;
  publishableKey: string;
  /** The external id of the user of the token. */
  user: string;
  token: string;
}

export interface Welcome {
  url: string;
  config: Config;
  keyIsOurs: boolean;
  /** The users and products of the demo are there. */
  hasDemo: boolean;
  shop: ShopLinks | null;
  sale: DemoSale | null;
}

/** What `npm start` prints: where to look, and a first question that can be pasted. */
export function welcome(input: Welcome): string {
  const { config } = input;
  const url = input.url.replace(/\/+$/, "");
  // A key that was given to us is known already, and is not ours to show.
  const key = input.keyIsOurs ? (config.bootstrapKey ?? "") : "$LATCHKEY_BOOTSTRAP_KEY";
  const { question, query } = readQuery(input.hasDemo ? DEMO_QUERY : SETUP_QUERY);
  const data = config.database.url === null ? `Everything is kept in ${config.dataDir}. ` : "";
  return `
Latchkey runs in local mode.

  GraphiQL   ${url}/graphiql
  GraphQL    ${url}/graphql
  Health     ${url}/health/ready
  Metrics    ${url}/metrics
${input.shop ? writeShop(input.shop) : ""}${input.sale ? writeSale(url, input.sale) : ""}
  Administrator's key (test mode)
  ${key}

${question} Ask in another terminal:

  curl -s ${url}/graphql \\
    -H "authorization: Bearer ${key}" -H "content-type: application/json" \\
    -d '${JSON.stringify({ query })}'

or in GraphiQL:

  ${query}

${data}Ctrl-C stops the server.
`;
}

/** The query on one line for a shell, and its comment, which is the question in words. */
function readQuery(text: string): { question: string; query: string } {
  const [, question = "", rest = ""] = /^# (.*)\n([^]*)$/.exec(text) ?? [];
  return { question, query: rest.replace(/\s+/g, " ").trim() };
}

function writeShop({ controlUrl, linkUrl }: ShopLinks): string {
  return `
  A simulated Stripe, with people in every state of payment

  Control room   ${controlUrl}/
${linkUrl ? `  Checkout       ${linkUrl}\n` : ""}  Second account connectStripe(input: { secretKey: "sk_test_account_second" })
`;
}

function writeSale(url: string, { product, publishableKey, user, token }: DemoSale): string {
  return `
  A shop to buy in, with the card 4242 4242 4242 4242

  Demo shop      ${url}/demo
  Buy            ${url}/buy/${product}?mode=test
  Portal         ${url}/demo/portal

  Publishable key (test mode), for pages
  ${publishableKey}

  Token of the user "${user}", for a day
  ${token}
`;
}
