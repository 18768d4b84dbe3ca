import { html, type Html } from "../html";
import { money } from "../money";
import { shortDay } from "../say-time";
import { describeSubscription, hasEnded } from "./describe-subscription";
import type { Portal } from "./portal";

/** Everything that this customer has, and what may be done with it. What the configuration turned off is not there. */
export function portalHome(portal: Portal): Html {
  const { features } = portal;
  return html`${subscriptions(portal)}${features.payment_method_update.enabled && cards(portal)}${
    features.customer_update.enabled && details(portal)
  }${features.invoice_history.enabled && invoices(portal)}`;
}

function subscriptions({ draft, customer, features, base }: Portal): Html {
  const rows = draft
    .rows("subscription", { customer: customer.id })
    .filter(({ status }) => status !== "incomplete_expired");
  const shown = rows.toReversed().map((row) => {
    const { name, price, status, mood, next } = describeSubscription(draft, row);
    const link = (act: string, label: string): Html =>
      html`<a class="button" href="${base}/${act}?subscription=${row.id}">${label}</a>`;
    const ends = row.cancel_at !== null || row.cancel_at_period_end;
    const lives = !hasEnded(row);
    return html`<section class="card">
      <div class="top">
        <h3>${name}</h3>
        <span class="badge ${ends && lives ? "" : mood}">${ends && lives ? "Ending" : status}</span>
      </div>
      <p>${price}<br /><span class="soft">${next}</span></p>
      <div class="row">
        ${lives && row.status !== "paused" && !ends && features.subscription_update.enabled && link("update", "Change plan")}
        ${lives && !ends && features.subscription_cancel.enabled && link("cancel", "Cancel subscription")}
        ${lives && ends && features.subscription_cancel.enabled && link("resume", "Keep subscription")}
        ${row.status === "active" && !ends && features.subscription_pause.enabled && link("pause", "Pause")}
        ${row.status === "paused" && features.subscription_pause.enabled && link("unpause", "Resume")}
      </div>
    </section>`;
  });
  return html`<h2>Subscriptions</h2>
    ${shown.length > 0 ? shown : html`<p class="soft">There are none.</p>`}`;
}

function cards({ draft, customer, base }: Portal): Html {
  const normal = customer.invoice_settings.default_payment_method;
  const rows = draft.rows("payment_method", { customer: customer.id }).map(
    ({ id, card, type }) =>
      html`<div>
        <dt>
          ${card ? html`<span class="soft">${card.brand}</span> •••• ${card.last4}` : type}
          ${id === normal && html`<span class="badge good">Default</span>`}
        </dt>
        <dd class="soft">${card && `Expires ${String(card.exp_month).padStart(2, "0")}/${card.exp_year}`}</dd>
      </div>`,
  );
  return html`<section class="card">
    <h2>Payment method</h2>
    ${rows.length > 0 ? html`<dl class="lines">${rows}</dl>` : html`<p class="soft">None is stored.</p>`}
    <a class="button" href="${base}/card">Change card</a>
  </section>`;
}

function details({ customer, base }: Portal): Html {
  return html`<section class="card">
    <h2>Billing details</h2>
    <dl class="lines">
      <div>
        <dt>Name</dt>
        <dd class="long">${customer.name ?? "–"}</dd>
      </div>
      <div>
        <dt>E-mail</dt>
        <dd class="long">${customer.email ?? "–"}</dd>
      </div>
    </dl>
    <a class="button" href="${base}/details">Change details</a>
  </section>`;
}

const SHOWN = 20;

function invoices({ draft, customer, session }: Portal): Html {
  const rows = draft.rows("invoice", { customer: customer.id }).filter(({ status }) => status !== "draft");
  const shown = rows.toReversed().slice(0, SHOWN);
  const lines = shown.map(
    ({ id, created, total, currency, status, number }) =>
      html`<tr>
        <td data-label="Number"><a href="/i/${id}?portal=${session.ours.secret}">${number ?? id}</a></td>
        <td data-label="Date">${shortDay(created)}</td>
        <td data-label="Amount" class="number">${money(total, currency)}</td>
        <td data-label="Status"><span class="badge ${status === "paid" ? "good" : ""}">${status}</span></td>
      </tr>`,
  );
  return html`<section class="card">
    <h2>Invoices</h2>
    ${
      lines.length === 0
        ? html`<p class="soft">There are none.</p>`
        : html`<div class="scroll">
            <table class="stack">
              <thead>
                <tr>
                  <th scope="col">Number</th>
                  <th scope="col">Date</th>
                  <th scope="col" class="number">Amount</th>
                  <th scope="col">Status</th>
                </tr>
              </thead>
              <tbody>
                ${lines}
              </tbody>
            </table>
          </div>`
    }
    ${rows.length > SHOWN && html`<p class="soft">The last ${SHOWN} of ${rows.length}.</p>`}
  </section>`;
}
