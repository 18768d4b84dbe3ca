/** The one stylesheet, served from here: the pages ask no other address for anything. */
export const style = `
:root { color-scheme: light dark; --ink: #1a1f36; --soft: #5b647a; --line: #d9dee8; --ground: #f6f8fb; --paper: #fff;
  --accent: #4338ca; --on-accent: #fff; --good: #116149; --good-ground: #d7f4e5; --bad: #a01c2f; --bad-ground: #fde5e8;
  --note-ground: #fff3d6; --note: #6e4b00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf3; --soft: #a3acc2; --line: #353c4f; --ground: #12151d;
  --paper: #1b202b; --accent: #8f8bff; --on-accent: #10131b; --good: #8fe0b8; --good-ground: #14382a; --bad: #ff9daa;
  --bad-ground: #43181f; --note-ground: #3a2f12; --note: #ffd98a; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink);
  background: var(--ground); overflow-wrap: break-word; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
main.narrow { max-width: 34rem; }
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
.columns .card { margin: 0; }
.amount { font-size: 2rem; font-weight: 700; line-height: 1.2; margin: 0 0 .75rem; }
dl.lines { margin: 0 0 1rem; }
dl.lines:last-child { margin-bottom: 0; }
button.main { margin-bottom: 1rem; }
dl.lines > div { display: flex; justify-content: space-between; gap: 1rem; padding: .5rem 0; }
dl.lines > div + div { border-top: 1px solid var(--line); }
dl.lines > div.total { font-weight: 700; }
dd { margin: 0; text-align: right; white-space: nowrap; }
label { display: block; font-weight: 600; margin: 0 0 .25rem; }
.field { margin: 0 0 1rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
input:not([type=radio], [type=checkbox]), select, textarea { width: 100%; font: inherit; color: inherit; background: var(--paper);
  border: 1px solid var(--soft); border-radius: .5rem; padding: .6rem .75rem; min-height: 2.75rem; }
input:focus-visible, select:focus-visible, button:focus-visible, a:focus-visible, summary:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px; }
fieldset { border: 0; padding: 0; margin: 0 0 1rem; min-width: 0; }
legend { font-weight: 600; padding: 0; margin-bottom: .25rem; }
.choice { display: flex; gap: .6rem; align-items: flex-start; font-weight: 400; margin: 0 0 .5rem; padding: .6rem .75rem;
  border: 1px solid var(--line); border-radius: .5rem; }
.choice input { margin-top: .35rem; }
button, .button { display: inline-block; font: inherit; font-weight: 600; cursor: pointer; text-decoration: none; text-align: center;
  color: var(--ink); background: var(--paper); border: 1px solid var(--soft); border-radius: .5rem; padding: .55rem 1rem; min-height: 2.75rem; }
button.main { color: var(--on-accent); background: var(--accent); border-color: var(--accent); width: 100%; }
button.danger { color: var(--bad); border-color: var(--bad); }
button.small { min-height: 2rem; padding: .15rem .6rem; font-size: .875rem; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; }
.row > .field { margin: 0; flex: 1 1 8rem; }
.row > form { margin: 0; }
.notice { border-radius: .5rem; padding: .75rem 1rem; margin: 0 0 1rem; background: var(--good-ground); color: var(--good); }
.notice.bad { background: var(--bad-ground); color: var(--bad); }
details { margin: 0 0 1rem; }
summary { cursor: pointer; font-weight: 600; padding: .35rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .45rem .6rem .45rem 0; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; white-space: nowrap; padding-right: 1rem; }
td:last-child, th:last-child { padding-right: 0; }
td form { display: inline-block; margin: 0 .25rem .25rem 0; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .85em; }
td code { white-space: nowrap; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.25rem, 1fr)); gap: .75rem; margin: 0 0 1.25rem; }
.numbers > div { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: .75rem 1rem; }
.numbers strong { display: block; font-size: 1.35rem; line-height: 1.3; }
`;
