import { useEffect, useState } from "react";

/** Shows its children to people who may open the product. Everybody else sees what it costs and can buy it. */
export function Locked({ product, latchkey, children }) {
  const [answer, setAnswer] = useState(null);
  const [error, setError] = useState(null);
  const here = window.location.origin + window.location.pathname;

  useEffect(() => {
    look(latchkey, product).then(setAnswer, setError);
  }, [latchkey.url, latchkey.token, product]);

  const open = (mutation, input) =>
    ask(latchkey, mutation, { input }).then(({ session }) => window.location.assign(session.url), setError);
  const buy = (priceId) =>
    open(BUY, { product, priceId, successUrl: `${here}?session={CHECKOUT_SESSION_ID}`, cancelUrl: here });

  if (error) return <p role="alert">{error.message}</p>;
  if (!answer) return <p>Loading …</p>;
  const { access, viewer } = answer;
  return (
    <section>
      {access.allowed ? children : <p>{access.product.teaser}</p>}
      {access.endsAt && <p>Until {new Date(access.endsAt).toLocaleDateString()}</p>}
      {access.purchaseOptions.map(({ price }) => (
        <button key={price.id} onClick={() => buy(price.id)}>
          Buy for {price.formatted}
        </button>
      ))}
      {access.allowed && viewer.canOpenPortal && <button onClick={() => open(MANAGE, { returnUrl: here })}>Manage</button>}
    </section>
  );
}

/** Right after a purchase, asking for its session makes the access show at the first look. */
async function look(latchkey, product) {
  const session = new URLSearchParams(window.location.search).get("session");
  if (session) await ask(latchkey, BOUGHT, { session });
  return ask(latchkey, ACCESS, { product });
}

async function ask({ url, token }, query, variables) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

const ACCESS = `query ($product: String!) {
  viewer { canOpenPortal }
  access(product: $product) {
    allowed endsAt product { teaser } purchaseOptions { price { id formatted } }
  }
}`;
const BOUGHT = "query ($session: String!) { checkoutSession(id: $session) { status } }";
const BUY = `mutation ($input: CreateCheckoutSessionInput!) { session: createCheckoutSession(input: $input) { url } }`;
const MANAGE = `mutation ($input: CreatePortalSessionInput!) { session: createPortalSession(input: $input) { url } }`;
