import type { Line, SessionRow } from "../../checkout/session-row";
import type { Draft } from "../../draft";
import { html, type Html } from "../html";
import { notice } from "../layout";
import { money } from "../money";
import { day, rhythm } from "../say-time";
import type { Shown } from "./checkout-form";

/** What is bought: lines, trial, code, and what is due today. */
export function orderSummary({ draft, session, chosen, refused }: Shown, shop: string): Html {
  if (session.mode === "setup")
    return html`<h1>${shop}</h1>
      <p>Store a card for later payments.</p>`;
  const currency = session.currency ?? "usd";
  const discount = session.total_details?.amount_discount ?? 0;
  return html`<h1>${shop}</h1>
    <p class="amount">${money(session.amount_total ?? 0, currency)} <small class="soft">due today</small></p>
    ${trialLine(session)} ${notice(refused, true)}
    <dl class="lines">
      ${session.ours.lines.map((line) => lineRow(draft, line, session))}
      <div>
        <dt>Subtotal</dt>
        <dd>${money(session.amount_subtotal ?? 0, currency)}</dd>
      </div>
      ${
        discount > 0 &&
        html`<div>
          <dt>${discountName(draft, session)}</dt>
          <dd>−${money(discount, currency)}</dd>
        </div>`
      }
      <div class="total">
        <dt>Total due today</dt>
        <dd>${money(session.amount_total ?? 0, currency)}</dd>
      </div>
    </dl>
    ${adjustForm(draft, session, chosen)}
    ${session.allow_promotion_codes && codeForm(session, chosen, refused === null)}`;
}

function trialLine({ ours, created }: SessionRow): Html | null {
  const data = ours.subscriptionData;
  if (data?.trialPeriodDays) return html`<p><strong>${data.trialPeriodDays} days free</strong>, then as below.</p>`;
  return data?.trialEnd && data.trialEnd > created
    ? html`<p><strong>Free until ${day(data.trialEnd)}</strong>, then as below.</p>`
    : null;
}

function lineRow(draft: Draft, line: Line, { currency }: SessionRow): Html {
  const price = draft.get("price", line.price);
  const product = draft.find("product", price.product);
  const unit = line.customAmount ?? Number(price.unit_amount_decimal ?? price.custom_unit_amount?.preset ?? 0);
  const often = price.recurring ? ` ${rhythm(price.recurring)}` : "";
  const many = line.quantity !== null && line.quantity !== 1 ? ` × ${line.quantity}` : "";
  return html`<div>
    <dt>
      <strong>${line.description}</strong
      >${many}${product?.description && html`<br /><small>${product.description}</small>`}
    </dt>
    <dd>
      ${money(Math.round(unit * (line.quantity ?? 1)), currency ?? price.currency)}${often && html`<br /><small>${often}</small>`}
    </dd>
  </div>`;
}

function discountName(draft: Draft, { discounts }: SessionRow): string {
  const [given] = discounts ?? [];
  const code = given?.promotion_code ? draft.find("promotion_code", given.promotion_code) : null;
  const coupon = given?.coupon ? draft.find("coupon", given.coupon) : null;
  return code ? `Code ${code.code}` : (coupon?.name ?? "Discount");
}

/** Quantities and amounts that are the buyer's to choose. */
function adjustForm(draft: Draft, { id, ours, currency }: SessionRow, chosen: URLSearchParams): Html | null {
  const fields = ours.lines.flatMap((line) => {
    const amount = draft.get("price", line.price).custom_unit_amount;
    return [
      ...(line.adjustable
        ? [numberField(`q.${line.id}`, `Quantity of ${line.description}`, String(line.quantity ?? 1))]
        : []),
      ...(amount
        ? [
            numberField(
              `a.${line.id}`,
              `Your price in ${(currency ?? "usd").toUpperCase()}`,
              chosen.get(`a.${line.id}`) ?? "",
            ),
          ]
        : []),
    ];
  });
  if (fields.length === 0) return null;
  return html`<form method="get" action="/c/pay/${id}">
    ${chosen.get("code") && html`<input type="hidden" name="code" value="${chosen.get("code")}" />`} ${fields}
    <button type="submit">Update</button>
  </form>`;
}

function numberField(name: string, label: string, value: string): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label> <input id="${name}" name="${name}" inputmode="decimal" value="${value}" />
  </div>`;
}

function codeForm({ id, ours }: SessionRow, chosen: URLSearchParams, fits: boolean): Html {
  const code = chosen.get("code") ?? "";
  const kept = ours.lines.flatMap(({ id: line }) =>
    ["q", "a"].flatMap((sort) => {
      const value = chosen.get(`${sort}.${line}`);
      return value ? [html`<input type="hidden" name="${sort}.${line}" value="${value}" />`] : [];
    }),
  );
  if (code && fits) {
    return html`<form method="get" action="/c/pay/${id}">
      ${kept}<button type="submit">Remove code ${code}</button>
    </form>`;
  }
  return html`<form method="get" action="/c/pay/${id}">
    ${kept}
    <div class="row">
      <div class="field">
        <label for="code">Promotion code</label><input id="code" name="code" value="${code}" autocomplete="off" />
      </div>
      <button type="submit">Apply</button>
    </div>
  </form>`;
}
