import type { Draft } from "../draft";
import { type Html, html } from "../pages/html";
import { notice } from "../pages/layout";
import type { PageReply, Visit } from "../pages/page";
import { moment } from "../pages/say-time";
import type { Command, Group } from "./command";
import { commands } from "./commands";
import { listAccounts } from "./list-accounts";
import { LISTS } from "./list-world";
import { button, hidden } from "./room-button";
import { worldTables } from "./world-tables";

/** The control room for people: what there is, and a button for everything that can happen to it. */
export function roomPage(visit: Visit, said: { good?: string; bad?: string } = {}): PageReply {
  const { simulator, deliveries } = visit.desk;
  const { control, world } = simulator;
  const counts = Object.entries(LISTS).map(
    ([name, table]) =>
      html`<div><strong>${world.shelves[table].inOrder.length}</strong><span class="soft">${name}</span></div>`,
  );
  const body = html`<div class="top">
      <div>
        <h1>Control room</h1>
        <p class="soft">
          The world’s time is <strong>${moment(control.now())}</strong>. <a href="/_control">For programs</a>
        </p>
      </div>
      <span class="badge">Simulated, no real money</span>
    </div>
    ${notice(said.good ?? null)} ${notice(said.bad ?? null, true)} ${clock(visit)} ${holding(visit, deliveries.state())}
    ${otherAccounts(visit)}
    <div class="numbers">${counts}</div>
    ${control.act((draft: Draft) => worldTables(draft, visit))}
    <h2>Everything else</h2>
    <div class="columns">${groups(visit)}</div>`;
  return { status: said.bad ? 400 : 200, page: { title: "Control room", body } };
}

function otherAccounts({ desk }: Visit): Html | null {
  const [, ...others] = listAccounts(desk);
  if (others.length === 0) return null;
  const links = others.map(({ name, url }) => html`<a href="${url}/">${name}</a> `);
  return html`<p class="soft">Other accounts: ${links}</p>`;
}

function clock(visit: Visit): Html {
  return html`<section class="card">
    <h2>Clock</h2>
    <div class="row">
      ${button(visit, "move-clock", { days: "1" }, "+1 day")}
      ${button(visit, "move-clock", { months: "1" }, "+1 month")}
      <form method="post" action="/act/move-clock" class="row">
        ${hidden(visit, {})}
        <div class="field"><label for="to">Move to</label><input id="to" name="to" type="date" required /></div>
        <button type="submit">Move</button>
      </form>
    </div>
  </section>`;
}

function holding(visit: Visit, state: { holding: boolean; held: string[]; plan: object | null }): Html {
  const now = state.holding ? "Events are held back." : state.plan ? "A plan is in force." : "Events are sent at once.";
  return html`<section class="card">
    <h2>Deliveries</h2>
    <p class="soft">${now} ${state.held.length > 0 && `${state.held.length} waiting.`}</p>
    <div class="row">
      ${button(visit, "hold-deliveries", {}, "Hold all")} ${button(visit, "release-deliveries", {}, "Release")}
      ${button(visit, "release-deliveries", { seed: "1" }, "Release in another order")}
      ${state.plan && button(visit, "stop-plan", {}, "Stop the plan")}
    </div>
  </section>`;
}

function groups(visit: Visit): Html[] {
  const byGroup = new Map<Group, [string, Command][]>();
  for (const entry of commands) byGroup.set(entry[1].group, [...(byGroup.get(entry[1].group) ?? []), entry]);
  return [...byGroup].map(
    ([group, entries]) =>
      html`<section class="card">
        <h2>${group}</h2>
        ${entries.map(([name, one]) => form(visit, name, one))}
      </section>`,
  );
}

function form(visit: Visit, name: string, { about, shows }: Command): Html {
  const shown = Object.entries(shows).filter(([, hint]) => !hint.startsWith("fields of"));
  const fields = shown.map(
    ([field, hint]) =>
      html`<div class="field">
        <label for="${name}-${field}">${field.replaceAll("_", " ")}</label>
        <input id="${name}-${field}" name="${field}" placeholder="${hint}" />
      </div>`,
  );
  return html`<details>
    <summary>${name.replaceAll("-", " ")}</summary>
    <p class="soft">${about}</p>
    <form method="post" action="/act/${name}">
      ${hidden(visit, {})}
      <div class="row">${fields}<button type="submit">Do it</button></div>
    </form>
  </details>`;
}
