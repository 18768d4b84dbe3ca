import { html, type Html } from "../pages/html";
import type { Visit } from "../pages/page";

/** A form of one button. `at` names the section to return to. */
export function button(visit: Visit, name: string, { at = "", ...given }: Record<string, string>, label: string): Html {
  return html`<form method="post" action="${actionOf(name, at)}">
    ${hidden(visit, { ...given, at })}<button type="submit" class="${at === "clock" ? "" : "small"}">${label}</button>
  </form>`;
}

/** Leads to the page that asks whether a command is meant. */
export function linkButton(name: string, given: Record<string, string>, label: string, spoken: string): Html {
  const address = `/sure/${name}?${new URLSearchParams(given).toString()}`;
  return html`<a class="button small danger" href="${address}" aria-label="${spoken}">${label}</a>`;
}

/** Without a script the browser goes to the section of the form. */
export function actionOf(name: string, at: string): string {
  return `/act/${name}${at && `#${at}`}`;
}

export function hidden({ token }: Visit, given: Record<string, string>): Html[] {
  const all = { ...given, token };
  return Object.entries(all).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);
}
