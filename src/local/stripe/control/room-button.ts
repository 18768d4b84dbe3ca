import { html, type Html } from "../pages/html";
import type { Visit } from "../pages/page";

/** One button that is a whole form. */
export function button(visit: Visit, name: string, given: Record<string, string>, label: string, small = false): Html {
  return html`<form method="post" action="/act/${name}">
    ${hidden(visit, given)}<button type="submit" class="${small ? "small" : ""}">${label}</button>
  </form>`;
}

export function hidden({ token }: Visit, given: Record<string, string>): Html[] {
  const all = { ...given, token };
  return Object.entries(all).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);
}
