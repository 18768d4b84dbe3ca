// Shows each product of the page behind the component of the README. The page's attributes say where and for whom.
import { Locked } from "./locked.js";

const { createElement: h } = window.React;
const root = document.getElementById("products");
const latchkey = { url: root.dataset.graphql, token: root.dataset.token };

for (const place of root.querySelectorAll("[data-product]")) {
  const content = h("p", { className: "open" }, place.dataset.content);
  window.ReactDOM.createRoot(place).render(h(Locked, { product: place.dataset.product, latchkey }, content));
}
