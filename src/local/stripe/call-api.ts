import type { Draft } from "./draft";
import { readForm } from "./read-form";
import { StripeRefusal, unknownRoute } from "./refuse";
import { findRoute } from "./routes";
import type { Simulator } from "./start-simulator";
import type { Rendered } from "./stored";

/** What a page or a person does through the API's own verbs: `callApi(draft, "POST", "/v1/customers/cus_1", { name: "Ada" })`. */
export function callApi(
  draft: Draft,
  method: "GET" | "POST" | "DELETE",
  path: string,
  form: Record<string, string> = {},
): Rendered {
  const found = findRoute(method, path);
  if (!found) throw unknownRoute(method, path);
  return found.route.answer(draft, readForm(new URLSearchParams(form).toString()), found.ids);
}

/**
 * Does something, or says why not. What a refusal leaves behind on purpose (a declined charge) stays; everything else
 * of it is undone.
 */
export function tryAct<T>(
  { control }: Pick<Simulator, "control">,
  work: (draft: Draft) => T,
): { value: T; refusal: null } | { value: null; refusal: StripeRefusal } {
  try {
    return control.act((draft) => {
      try {
        return { value: work(draft), refusal: null };
      } catch (error) {
        if (error instanceof StripeRefusal && error.keepsChanges) return { value: null, refusal: error };
        throw error;
      }
    });
  } catch (error) {
    if (error instanceof StripeRefusal) return { value: null, refusal: error };
    throw error;
  }
}
