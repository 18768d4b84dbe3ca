/** The part of the stylesheet that only the control room uses. */
export const roomStyle = `
.room-nav { position: sticky; top: 0; z-index: 1; background: var(--ground); margin: 0 -1rem 1.25rem; padding: .5rem 1rem;
  display: flex; gap: .5rem; overflow-x: auto; border-bottom: 1px solid var(--line); }
.room-nav a { flex: none; display: inline-flex; gap: .35rem; align-items: center; min-height: 2.75rem; padding: 0 .75rem;
  border-radius: .5rem; color: var(--ink); font-weight: 600; text-decoration: none; }
.room-nav a:hover { background: var(--paper); box-shadow: inset 0 0 0 1px var(--line); }
.count { color: var(--soft); font-weight: 400; }
.accounts { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 0 0 1.25rem; }
.accounts a { display: inline-flex; align-items: center; min-height: 2.75rem; padding: 0 .75rem; border-radius: .5rem;
  border: 1px solid var(--line); background: var(--paper); text-decoration: none; }
html:has(.room-nav) { scroll-padding-top: 5rem; }
details.card { padding-bottom: 0; }
details.card > summary { padding: 0 0 1.25rem; min-height: 2.75rem; }
details.card > summary h2 { display: inline; margin: 0 .35rem 0 .15rem; }
details.card > :last-child { margin-bottom: 1.25rem; }
details.card > summary:last-child { margin-bottom: 0; }
.overview { align-items: stretch; margin: 0 0 1.25rem; }
.commands { columns: 2; column-gap: 1.5rem; }
.commands .card { break-inside: avoid; padding-bottom: .25rem; }
.commands details { margin: 0; border-top: 1px solid var(--line); }
.commands h2 + details { border-top: 0; }
.commands details[open] { padding-bottom: 1rem; }
@media (max-width: 48rem) { .commands { columns: 1; } }
.world { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: .25rem 1.25rem; margin: 0; }
.world > div { display: flex; justify-content: space-between; gap: .5rem; }
.world dd { font-weight: 600; font-variant-numeric: tabular-nums; }
dialog.toast { position: fixed; inset: auto 1rem 1rem; margin: 0 auto; width: fit-content; max-width: min(40rem, calc(100% - 2rem));
  z-index: 2; display: flex; gap: .75rem; align-items: center; padding: .5rem .5rem .5rem 1rem; border: 1px solid currentColor;
  border-radius: .75rem; background: var(--good-ground); color: var(--good); box-shadow: 0 .25rem 1rem rgb(0 0 0 / 25%); }
dialog.toast:not([open]) { display: none; }
dialog.toast.bad { background: var(--bad-ground); color: var(--bad); }
dialog.toast .notice { margin: 0; padding: 0; background: none; overflow-wrap: anywhere; }
dialog.toast form { margin: 0; }
dialog.toast button { color: inherit; background: none; border-color: transparent; }
`;
