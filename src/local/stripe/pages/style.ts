import { paletteStyle } from "../../../base/page-palette";
import { roomStyle } from "./room-style";

/** The one stylesheet, served from here: the pages ask no other address for anything. */
export const style = `${paletteStyle}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink);
  background: var(--ground); overflow-wrap: break-word; }
main, footer { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem; }
main.narrow, footer.narrow { max-width: 34rem; }
main.wide { max-width: 78rem; }
footer { padding-top: 0; padding-bottom: 2rem; font-size: .875rem; }
footer a, .top > div > a { display: inline-flex; align-items: center; min-height: 2.75rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: 0 0 .75rem; }
a { color: var(--accent); }
small, .soft { color: var(--soft); }
small { font-size: .875rem; }
.top { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .5rem 1rem; align-items: baseline;
  margin-bottom: 1.25rem; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .8rem; font-weight: 600;
  background: var(--note-ground); color: var(--note); white-space: nowrap; }
.badge.good { background: var(--good-ground); color: var(--good); }
.badge.bad { background: var(--bad-ground); color: var(--bad); }
.columns { display: grid; gap: 1.5rem; grid-template-columns: 1fr; align-items: start; }
@media (min-width: 48rem) { .columns { grid-template-columns: 1fr 1fr; } }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem; margin: 0 0 1.25rem; }
.columns .card { margin: 0; min-width: 0; }
.amount { font-size: 2rem; font-weight: 700; line-height: 1.2; margin: 0 0 .75rem; }
dl.lines { margin: 0 0 1rem; }
dl.lines:last-child { margin-bottom: 0; }
button.main { margin-bottom: 1rem; }
dl.lines > div { display: flex; justify-content: space-between; gap: 1rem; padding: .5rem 0; }
dl.lines > div + div { border-top: 1px solid var(--line); }
dl.lines > div.total { font-weight: 700; }
dt { min-width: 0; overflow-wrap: anywhere; }
dt:has(+ dd.long) { flex: none; }
dd { margin: 0; text-align: right; white-space: nowrap; }
dd.long { white-space: normal; overflow-wrap: anywhere; }
label { display: block; font-weight: 600; margin: 0 0 .25rem; }
.field { margin: 0 0 1rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
input:not([type=radio], [type=checkbox]), select, textarea { width: 100%; font: inherit; color: inherit; background: var(--paper);
  border: 1px solid var(--soft); border-radius: .5rem; padding: .6rem .75rem; min-height: 2.75rem; }
::placeholder { color: var(--soft); opacity: 1; }
input[aria-invalid=true] { border-color: var(--bad); box-shadow: 0 0 0 1px var(--bad); }
.fault { color: var(--bad); font-size: .875rem; margin: .25rem 0 0; }
form:has(input[value=delayed]:checked) .card-fields { display: none; }
input:focus-visible, select:focus-visible, button:focus-visible, a:focus-visible, summary:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px; }
fieldset { border: 0; padding: 0; margin: 0 0 1rem; min-width: 0; }
legend { font-weight: 600; padding: 0; margin-bottom: .25rem; }
.choice { display: flex; gap: .6rem; align-items: flex-start; font-weight: 400; margin: 0 0 .5rem; padding: .6rem .75rem;
  border: 1px solid var(--line); border-radius: .5rem; }
.choice:hover { border-color: var(--soft); }
.choice:has(:checked) { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.choice input { margin-top: .35rem; accent-color: var(--accent); }
button, .button { display: inline-flex; align-items: center; justify-content: center; font: inherit; font-weight: 600; cursor: pointer; text-decoration: none; text-align: center;
  color: var(--ink); background: var(--paper); border: 1px solid var(--soft); border-radius: .5rem; padding: .55rem 1rem; min-height: 2.75rem; }
button:hover, .button:hover { border-color: var(--ink); }
button.main { color: var(--on-accent); background: var(--accent); border-color: var(--accent); width: 100%; }
button.main:hover { border-color: var(--ink); }
button.danger, .button.danger { color: var(--bad); border-color: var(--bad); }
button.small, .button.small { min-height: 2rem; padding: .15rem .6rem; font-size: .875rem; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; }
.row > .field { margin: 0; flex: 1 1 8rem; }
.row > form { margin: 0; }
.row > button.main { width: auto; margin: 0; }
.notice { border-radius: .5rem; padding: .75rem 1rem; margin: 0 0 1rem; background: var(--good-ground); color: var(--good); }
.notice.bad { background: var(--bad-ground); color: var(--bad); }
details { margin: 0 0 1rem; }
summary { cursor: pointer; font-weight: 600; padding: .65rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .45rem .75rem .45rem 0; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; white-space: nowrap; padding-right: 1rem; }
td:last-child, th:last-child { padding-right: 0; }
td form { display: inline-block; }
td form, td .button { margin: 0 .25rem .25rem 0; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .85em; color: var(--soft); overflow-wrap: anywhere; }
table code { white-space: nowrap; }
table code.long { white-space: normal; }
@media (max-width: 40rem) {
  button.small, .button.small { min-height: 2.75rem; padding: .5rem .8rem; }
  .scroll { overflow-x: visible; }
  table code { white-space: normal; }
  table.stack, .stack tbody, .stack tr, .stack td { display: block; }
  .stack thead { display: none; }
  .stack tr { border-top: 1px solid var(--line); padding: .75rem 0; }
  .stack tbody tr:first-child { border-top: 0; padding-top: 0; }
  .stack td, .stack td.number { border: 0; padding: .15rem 0; text-align: left; white-space: normal; }
  .stack td > div { min-width: 0; overflow-wrap: anywhere; }
  .stack td[data-label] { display: flex; gap: .75rem; }
  .stack td[data-label]::before { content: attr(data-label); flex: 0 0 6rem; color: var(--soft); }
  .stack td:empty, .stack td.none { display: none; }
  .stack td a:not(.button) { display: inline-flex; align-items: center; min-height: 2.75rem; margin: -.65rem 0; }
}
${roomStyle}`;
