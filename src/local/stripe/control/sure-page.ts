import { goneAway } from "../pages/gone-away";
import type { Draft } from "../draft";
import { html, type Html } from "../pages/html";
import { top } from "../pages/layout";
import type { PageReply, Visit } from "../pages/page";
import { commands } from "./commands";
import { nameCustomer } from "./name-customer";
import { actionOf, hidden } from "./room-button";

/** Asks before something happens that cannot be undone. */
export function surePage(visit: Visit): PageReply {
  const { id: name, query, desk } = visit;
  const known = commands.get(name);
  if (!known?.asks) return goneAway(404, "There is no such question.");
  const { title, button, adds = {} } = known.asks;
  const at = query.get("at") ?? "";
  const given = Object.fromEntries([...query].filter(([field, value]) => field in known.shows && value.trim() !== ""));
  const subject = desk.simulator.control.act((draft) => describeSubject(draft, given));
  const body = html`${top("")}
    <h1>${title}</h1>
    <section class="card">
      ${subject && html`<p>${subject}</p>`}
      <p>${known.about} This cannot be undone.</p>
      <form method="post" action="${actionOf(name, at)}">
        ${hidden(visit, { ...given, ...adds, at })}
        <div class="row">
          <button class="danger" type="submit">${button}</button>
          <a class="button" href="/?${new URLSearchParams({ at }).toString()}">Go back</a>
        </div>
      </form>
    </section>`;
  return { page: { title, narrow: true, body } };
}

/** Names the thing that is lost. */
function describeSubject(draft: Draft, { customer, price }: Record<string, string>): Html | null {
  if (customer) return nameCustomer(draft, customer.trim());
  if (!price) return null;
  const product = draft.find("product", draft.find("price", price.trim())?.product ?? "");
  return html`${product?.name ?? "Price"}<br /><code>${price}</code>`;
}
