import { type Html, html } from "../pages/html";
import { notice } from "../pages/layout";
import type { PageReply, Visit } from "../pages/page";
import { moment } from "../pages/say-time";
import { commandForms } from "./command-forms";
import { listAccounts } from "./list-accounts";
import { LISTS } from "./list-world";
import { actionOf, button, hidden } from "./room-button";
import { section } from "./room-table";
import type { RoomVisit } from "./room-visit";
import { worldSections, worldTables } from "./world-tables";

export interface Said {
  good?: string;
  bad?: string;
}

/** The control room for people: what there is, and a button for everything that can happen to it. */
export function roomPage(visit: RoomVisit, said: Said = {}): PageReply {
  const { simulator, deliveries } = visit.desk;
  const { control } = simulator;
  const body = html`<div class="top">
      <div>
        <h1>Control room</h1>
        <p class="soft">
          The world’s time is <strong>${moment(control.now())}</strong>. <a href="/_control">For programs</a>
        </p>
      </div>
      <span class="badge">Simulated, no real money</span>
    </div>
    ${toast(said)} ${otherAccounts(visit)} ${navigation(visit)}
    <div class="columns overview">${clock(visit)} ${sending(visit, deliveries.state())}</div>
    ${section(visit, { id: "world", title: "What there is", isOpen: false }, counts(visit))}
    ${control.act((draft) => worldTables(draft, visit))}
    <h2 id="commands">All commands</h2>
    ${control.act((draft) => commandForms(draft, visit))}`;
  return { status: said.bad ? 400 : 200, page: { title: "Control room", body, isRoom: true } };
}

/** Tells what the last action did. It stays in sight wherever the page is scrolled to, until it is closed. */
function toast({ good, bad }: Said): Html | null {
  const text = bad ?? good;
  if (!text) return null;
  return html`<dialog open class="toast ${bad ? "bad" : ""}" aria-label="Result">
    ${notice(text, Boolean(bad))}
    <form method="dialog"><button type="submit">Close</button></form>
  </dialog>`;
}

function otherAccounts({ desk }: Visit): Html | null {
  const accounts = listAccounts(desk);
  const here = accounts.find(({ url }) => url === desk.simulator.url);
  const others = accounts.filter((account) => account !== here);
  if (others.length === 0) return null;
  const links = others.map(
    ({ name, account, url }) => html`<a href="${url}/">${name ?? "First account"}</a> <code>${account}</code>`,
  );
  return html`<nav class="accounts" aria-label="Accounts">
    <span>This is <strong>${here?.name ?? "the first account"}</strong>. Other accounts:</span> ${links}
  </nav>`;
}

function navigation({ desk }: Visit): Html {
  const { shelves } = desk.simulator.world;
  const links = worldSections.map(
    ({ id, title, table }) =>
      html`<a href="#${id}">${title} <span class="count">${shelves[table].inOrder.length}</span></a>`,
  );
  return html`<nav class="room-nav" aria-label="Sections">
    <a href="#clock">Clock</a>${links}<a href="#commands">All commands</a>
  </nav>`;
}

function clock(visit: Visit): Html {
  return html`<section class="card" id="clock">
    <h2>Clock</h2>
    <div class="row">
      ${button(visit, "move-clock", { days: "1", at: "clock" }, "+1 day")}
      ${button(visit, "move-clock", { months: "1", at: "clock" }, "+1 month")}
      <form method="post" action="${actionOf("move-clock", "clock")}" class="row">
        ${hidden(visit, { at: "clock" })}
        <div class="field"><label for="to">Move to</label><input id="to" name="to" type="date" required /></div>
        <button type="submit">Move</button>
      </form>
    </div>
  </section>`;
}

function sending(visit: Visit, state: { holding: boolean; held: string[]; plan: object | null }): Html {
  const now = state.holding ? "Events are held back." : state.plan ? "A plan is in force." : "Events are sent at once.";
  return html`<section class="card" id="sending">
    <h2>Sending of events</h2>
    <p class="soft">${now} ${state.held.length > 0 && `${state.held.length} waiting.`}</p>
    <div class="row">
      ${button(visit, "hold-deliveries", { at: "sending" }, "Hold all")}
      ${button(visit, "release-deliveries", { at: "sending" }, "Release")}
      ${button(visit, "release-deliveries", { seed: "1", at: "sending" }, "Release in another order")}
      ${state.plan && button(visit, "stop-plan", { at: "sending" }, "Stop the plan")}
    </div>
  </section>`;
}

function counts({ desk }: Visit): Html {
  const { shelves } = desk.simulator.world;
  const rows = Object.entries(LISTS).map(
    ([name, table]) =>
      html`<div>
        <dt class="soft">${name}</dt>
        <dd>${shelves[table].inOrder.length}</dd>
      </div>`,
  );
  return html`<dl class="world">${rows}</dl>`;
}
