import type { Draft } from "../draft";
import { html, type Html } from "../pages/html";
import type { TableName, Tables } from "../tables";
import type { RoomVisit } from "./room-visit";

/** A column: its heading, which narrow pages show beside each cell unless it is empty. */
export interface Column {
  head: string;
  isNumber?: boolean;
  /** The cell speaks for itself where there is no heading above it. */
  isPlain?: boolean;
}

export type Cell = Html | string | null | false;

const SHOWN = 12;

/** The newest rows of a table, the newest first. */
export function newest<K extends TableName>(draft: Draft, table: K): Tables[K][] {
  return draft
    .entries(table)
    .slice(-SHOWN)
    .toReversed()
    .map(({ row }) => row);
}

/** A part of the room that folds. */
export function section(
  { opened }: Pick<RoomVisit, "opened">,
  { id, title, count, isOpen }: { id: string; title: string; count?: number; isOpen: boolean },
  inside: Html,
): Html {
  const isShown = opened === id;
  return html`<details class="card" id="${id}" ${(isOpen || isShown) && "open"} ${isShown && "data-shown"}>
    <summary>
      <h2>${title}</h2>
      ${count !== undefined && html`<span class="count">${count}</span>`}
    </summary>
    ${inside}
  </details>`;
}

/** Rows under headings; on a phone each row is a block of its own. */
export function stackedTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], total: number): Html {
  if (rows.length === 0) return html`<p class="soft">There are none.</p>`;
  return html`<div>
    <div class="scroll">
      <table class="stack">
        <thead>
          <tr>
            ${columns.map(({ head, isNumber }) => html`<th scope="col" class="${isNumber ? "number" : ""}">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (cells) =>
              html`<tr>
                ${cells.map((cell, at) => tableCell(columns[at], cell))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${total > rows.length && html`<p class="soft">The last ${rows.length} of ${total}.</p>`}
  </div>`;
}

function tableCell(column: Column | undefined, cell: Cell): Html {
  const isNone = cell === null || cell === false || cell === "";
  const kinds = [column?.isNumber && "number", isNone && "none"].filter(Boolean).join(" ");
  const label = column && !column.isPlain && html`data-label="${column.head}"`;
  return html`<td class="${kinds}" ${label}><div>${cell}</div></td>`;
}
