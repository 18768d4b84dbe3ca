// Generated from locked.jsx.
import { useEffect, useState } from "./react.js";
/** Shows its children to people who may open the product. Everybody else sees what it costs and can buy it. */ export function Locked({ product, latchkey, children }) {
    const [answer, setAnswer] = useState(null);
    const [error, setError] = useState(null);
    const here = window.location.origin + window.location.pathname;
    useEffect(()=>{
        look(latchkey, product).then(setAnswer, setError);
    }, [
        latchkey.url,
        latchkey.token,
        product
    ]);
    const open = (mutation, input)=>ask(latchkey, mutation, {
            input
        }).then(({ session })=>window.location.assign(session.url), setError);
    const buy = (priceId)=>open(BUY, {
            product,
            priceId,
            successUrl: `${here}?session={CHECKOUT_SESSION_ID}`,
            cancelUrl: here
        });
    if (error) return /*#__PURE__*/ React.createElement("p", {
        role: "alert"
    }, error.message);
    if (!answer) return /*#__PURE__*/ React.createElement("p", null, "Loading …");
    const { access, viewer } = answer;
    return /*#__PURE__*/ React.createElement("section", null, access.allowed ? children : /*#__PURE__*/ React.createElement("p", null, access.product.teaser), access.endsAt && /*#__PURE__*/ React.createElement("p", null, "Until ", new Date(access.endsAt).toLocaleDateString()), access.purchaseOptions.map(({ price })=>/*#__PURE__*/ React.createElement("button", {
            key: price.id,
            onClick: ()=>buy(price.id)
        }, "Buy for ", price.formatted)), access.allowed && viewer.canOpenPortal && /*#__PURE__*/ React.createElement("button", {
        onClick: ()=>open(MANAGE, {
                returnUrl: here
            })
    }, "Manage"));
}
/** Right after a purchase, asking for its session makes the access show at the first look. */ async function look(latchkey, product) {
    const session = new URLSearchParams(window.location.search).get("session");
    if (session) await ask(latchkey, BOUGHT, {
        session
    });
    return ask(latchkey, ACCESS, {
        product
    });
}
async function ask({ url, token }, query, variables) {
    const response = await fetch(url, {
        method: "POST",
        headers: {
            "content-type": "application/json",
            authorization: `Bearer ${token}`
        },
        body: JSON.stringify({
            query,
            variables
        })
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
