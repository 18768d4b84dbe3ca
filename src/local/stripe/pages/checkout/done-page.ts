import type { SessionRow } from "../../checkout/session-row";
import type { Draft } from "../../draft";
import { html } from "../html";
import { top } from "../layout";
import type { PageReply, Visit } from "../page";
import { closedPage } from "./closed-page";

/** Waits until the shop has answered `checkout.session.completed`, a few seconds at most, and sends the buyer back to it. */
export async function donePage({ desk, id }: Visit): Promise<PageReply> {
  const { control } = desk.simulator;
  const { session, event } = control.act((draft) => ({
    session: draft.find("checkout.session", id),
    event: completion(draft, id),
  }));
  if (session?.status !== "complete") return control.act((draft) => closedPage(draft, id));
  if (event) await desk.deliveries.answered(event, desk.redirectWaitMs);
  const { url, text } = control.act((draft) => whereTo(draft, session));
  const button = url && html`<p><a class="button" href="${url}">Continue</a></p>`;
  const body = html`${top("")}
    <h1>Thank you</h1>
    <p class="notice" role="status">${text}</p>
    ${button}`;
  return { page: { title: "Thank you", narrow: true, body }, ...(url ? { leaveTo: url } : {}) };
}

const LOOK_BACK = 200;

function completion(draft: Draft, session: string): string | null {
  const late = draft.entries("event").slice(-LOOK_BACK);
  const found = late.findLast(
    ({ row }) => row.type === "checkout.session.completed" && row.data.object["id"] === session,
  );
  return found?.row.id ?? null;
}

/** The shop's page, with the session's id where the shop wants it; a link may show words of its own instead. */
function whereTo(draft: Draft, session: SessionRow): { url: string | null; text: string } {
  const after = session.payment_link ? draft.find("payment_link", session.payment_link)?.after_completion : null;
  const given = session.success_url ?? session.return_url ?? after?.redirect?.url ?? null;
  const words = after?.hosted_confirmation?.custom_message ?? "Your order is complete.";
  return { url: given?.replaceAll("{CHECKOUT_SESSION_ID}", session.id) ?? null, text: words };
}
