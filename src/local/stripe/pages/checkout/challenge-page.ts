import type { SessionRow } from "../../checkout/session-row";
import { html } from "../html";
import { top } from "../layout";
import { money } from "../money";
import type { PageReply, Visit } from "../page";

/** The page of the card's bank, which asks whether the buyer agrees. */
export function challengePage({ id, amount_total: total, currency }: SessionRow, { token }: Visit): PageReply {
  const amount = total ? money(total, currency ?? "usd") : "a card to be stored";
  const body = html`${top("Test bank")}
    <h1>Confirm your payment</h1>
    <section class="card">
      <p>Your bank asks: do you agree to <strong>${amount}</strong>?</p>
      <form method="post" action="/c/pay/${id}/confirm">
        <input type="hidden" name="token" value="${token}" />
        <div class="row">
          <button type="submit" name="agrees" value="yes">Complete</button>
          <button class="danger" type="submit" name="agrees" value="no">Fail</button>
        </div>
      </form>
    </section>`;
  return { page: { title: "Confirm your payment", narrow: true, body } };
}
