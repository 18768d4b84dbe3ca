import type { Draft } from "../draft";
import { html, type Html } from "../pages/html";
import type { Command, Group } from "./command";
import { commands } from "./commands";
import { findCustomerName } from "./name-customer";
import { actionOf, hidden } from "./room-button";
import { newest } from "./room-table";
import type { RoomVisit } from "./room-visit";

/** The form of every command, group by group. */
export function commandForms(draft: Draft, visit: RoomVisit): Html {
  const byGroup = new Map<Group, [string, Command][]>();
  for (const entry of commands) byGroup.set(entry[1].group, [...(byGroup.get(entry[1].group) ?? []), entry]);
  const cards = [...byGroup].map(
    ([group, entries]) =>
      html`<section class="card">
        <h2>${group}</h2>
        ${entries.map(([name, one]) => form(visit, name, one))}
      </section>`,
  );
  return html`<div class="commands">${cards}</div>
    ${suggestions(draft)}`;
}

/** The hint of a field -> the list that suggests its ids. */
const LIST_OF_HINT: Record<string, string> = {
  "cus_...": "known-customers",
  "price_...": "known-prices",
  "sub_...": "known-subscriptions",
};

function form(visit: RoomVisit, name: string, { about, shows, asks }: Command): Html {
  const id = `do-${name}`;
  const isRefused = visit.refusedCommand === name;
  const shown = Object.entries(shows).filter(
    ([field, hint]) => !hint.startsWith("fields of") && !(field in (asks?.adds ?? {})),
  );
  const fields = shown.map(
    ([field, hint]) =>
      html`<div class="field">
        <label for="${name}-${field}">${field.replaceAll("_", " ")}</label>
        <input
          id="${name}-${field}"
          name="${field}"
          placeholder="${hint}"
          value="${isRefused ? (visit.form.get(field) ?? "") : ""}"
          ${LIST_OF_HINT[hint] && html`list="${LIST_OF_HINT[hint]}"`}
        />
      </div>`,
  );
  const at = html`<input type="hidden" name="at" value="${id}" />`;
  const [method, action, sent, label] = asks
    ? ["get", `/sure/${name}`, at, `${asks.button} …`]
    : ["post", actionOf(name, id), hidden(visit, { at: id }), "Do it"];
  const isShown = isRefused || visit.opened === id;
  return html`<details id="${id}" ${isShown && "open data-shown"}>
    <summary>${name.replaceAll("-", " ")}</summary>
    <p class="soft">${about}</p>
    <form method="${method}" action="${action}">
      ${sent}
      <div class="row">${fields}<button type="submit">${label}</button></div>
    </form>
  </details>`;
}

/** The newest ids by name, offered while somebody types. */
function suggestions(draft: Draft): Html {
  const customers = newest(draft, "customer").map(({ id }) => option(id, findCustomerName(draft, id)));
  const subscriptions = newest(draft, "subscription").map(({ id, customer }) =>
    option(id, findCustomerName(draft, customer)),
  );
  const prices = newest(draft, "price").map(({ id, product, nickname }) =>
    option(id, nickname ?? draft.find("product", product)?.name ?? null),
  );
  return html`<datalist id="known-customers">${customers}</datalist>
    <datalist id="known-subscriptions">${subscriptions}</datalist>
    <datalist id="known-prices">${prices}</datalist>`;
}

function option(id: string, name: string | null): Html {
  return html`<option value="${id}">${name ?? id}</option>`;
}
