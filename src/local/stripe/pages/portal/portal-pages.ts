import { tryAct } from "../../call-api";
import type { Draft } from "../../draft";
import { type Problem, problemOf } from "../form-refusal";
import { goneAway, toShop } from "../gone-away";
import { html, type Html } from "../html";
import { notice, top } from "../layout";
import type { Page, PageReply, Reply, Visit } from "../page";
import { cancel, resume } from "./cancel";
import { changeCard } from "./change-card";
import { changeDetails } from "./change-details";
import { changePlan } from "./change-plan";
import { portalHome } from "./home";
import { pause, unpause } from "./pause";
import type { Portal, PortalAct } from "./portal";

const acts: Record<string, PortalAct> = {
  cancel,
  card: changeCard,
  details: changeDetails,
  pause,
  resume,
  unpause,
  update: changePlan,
};

const ACT_OF_FLOW: Record<string, string> = {
  customer_update: "details",
  payment_method_update: "card",
  subscription_cancel: "cancel",
  subscription_pause: "pause",
  subscription_update: "update",
  subscription_update_confirm: "update",
};

const PATH = /^\/p\/session\/test_(\w+)(?:\/(\w+))?$/;

export const portalPages: Page[] = [
  { method: "GET", path: PATH, answer: showPortal },
  { method: "POST", path: PATH, answer: actInPortal },
];

function showPortal(visit: Visit): Reply {
  return visit.desk.simulator.control.act((draft) => {
    const portal = openPortal(draft, visit);
    if ("page" in portal) return portal;
    const flow = portal.session.flow;
    const inFlow = flow && !visit.query.has("home") ? (ACT_OF_FLOW[flow.type] ?? "") : "";
    const name = visit.rest || inFlow;
    return name === "" ? showHome(portal) : showAct(portal, name, null);
  });
}

function actInPortal(visit: Visit): Reply {
  const { simulator } = visit.desk;
  const { value, refusal } = tryAct(simulator, (draft): Reply => {
    const portal = openPortal(draft, visit);
    if ("page" in portal) return portal;
    const act = acts[visit.rest];
    if (!act || !portal.features[act.feature].enabled) return notOffered(portal);
    act.does(portal);
    return afterwards(portal, visit.rest);
  });
  if (value) return value;
  // What was refused is undone, so the page is drawn again from the world as it is.
  return simulator.control.act((draft) => {
    const portal = openPortal(draft, visit);
    if ("page" in portal) return portal;
    return showAct(portal, visit.rest, problemOf(refusal, visit.form));
  });
}

/** The session's portal; a page that says so when it is too old or was never there. */
function openPortal(draft: Draft, visit: Visit): Portal | PageReply {
  const [session] = draft.rows("billing_portal.session", { secret: visit.id });
  if (!session) return goneAway(404, "There is no such session of the customer portal.");
  const customer = draft.find("customer", session.customer);
  if (draft.now >= session.ours.ends || !customer) {
    return goneAway(
      410,
      "This link is too old. Go back to the shop and open the portal again.",
      toShop(session.return_url),
    );
  }
  const { business_profile: profile, features } = draft.get("billing_portal.configuration", session.configuration);
  const shop = draft.rows("account")[0]?.business_profile?.name ?? "the shop";
  const headline = profile.headline ?? `${shop} partners with a simulated Stripe for billing.`;
  return {
    draft,
    visit,
    session,
    features,
    headline,
    customer,
    faults: new Map(),
    base: `/p/session/test_${visit.id}`,
  };
}

function showHome(portal: Portal): Reply {
  const done = acts[portal.visit.query.get("done") ?? ""]?.done ?? null;
  return framed(portal, "Your account", html`${notice(done)}${portalHome(portal)}`);
}

function showAct(portal: Portal, name: string, problem: Problem | null): Reply {
  const act = acts[name];
  if (!act || !portal.features[act.feature].enabled) return notOffered(portal);
  const { base, visit, session } = portal;
  const subscription = visit.form.get("subscription") ?? visit.query.get("subscription") ?? "";
  const form = html`${notice(problem?.message ?? null, true)}
    <form class="card" method="post" action="${base}/${name}" novalidate>
      <input type="hidden" name="token" value="${visit.token}" />
      ${subscription && html`<input type="hidden" name="subscription" value="${subscription}" />`}
      ${act.ask({ ...portal, faults: problem?.faults ?? new Map() })}
      <div class="row">
        <button class="${act.danger ? "danger" : "main"}" type="submit">${act.button}</button>
        ${!session.flow && html`<a class="button" href="${base}">Go back</a>`}
      </div>
    </form>`;
  return { ...framed(portal, act.title, form), status: problem ? 402 : 200 };
}

/** Where a flow leads when it is done; without one, home. */
function afterwards({ session, base }: Portal, name: string): Reply {
  const after = session.flow?.after_completion;
  const done = acts[name]?.done ?? "";
  if (after?.type === "redirect" && after.redirect) return leaving(done, after.redirect.return_url);
  if (after?.type === "hosted_confirmation") {
    const text = after.hosted_confirmation?.custom_message ?? done;
    const way = session.return_url ? toShop(session.return_url) : { address: `${base}?home=1`, words: "Your account" };
    return {
      page: {
        title: "Done",
        narrow: true,
        body: html`${top("")}
          <h1>Done</h1>
          ${notice(text)}
          <p><a class="button" href="${way.address}">${way.words}</a></p>`,
      },
    };
  }
  return { goTo: `${base}?home=1&done=${name}` };
}

function leaving(done: string, url: string): Reply {
  const body = html`${top("")}
    <h1>Done</h1>
    ${notice(done)}
    <p><a class="button" href="${url}">Continue</a></p>`;
  return { page: { title: "Done", narrow: true, body }, leaveTo: url };
}

function framed({ session, headline, visit }: Portal, title: string, body: Html): PageReply {
  const back = session.return_url && html`<a href="${session.return_url}">← Return</a>`;
  const narrow = visit.rest !== "" || session.flow !== null;
  return {
    page: {
      title,
      narrow,
      body: html`${top(back || "")}
        <h1>${title}</h1>
        <p class="soft">${headline}</p>
        ${body}`,
    },
  };
}

function notOffered({ base }: Portal): PageReply {
  return goneAway(403, "This is not offered here.", { address: `${base}?home=1`, words: "Back to your account" });
}
