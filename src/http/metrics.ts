import type { Metrics } from "../base/metrics";
import { Refusal } from "../base/refusal";
import type { Config } from "../config/config";
import { mayAct } from "../graphql/allow";
import type { Identify } from "./graphql";
import type { HttpRequest, Route } from "./route";

/** For Prometheus: open on somebody's own machine, elsewhere for server keys. */
export function metricsRoute(deps: { config: Pick<Config, "localMode">; metrics: Metrics; identify: Identify }): Route {
  const { registry } = deps.metrics;
  return {
    path: "/metrics",
    methods: ["GET"],
    quiet: true,
    answer: async (request) => {
      if (!deps.config.localMode) await admit(request, deps.identify);
      return { status: 200, headers: { "content-type": registry.contentType }, body: await registry.metrics() };
    },
  };
}

async function admit(request: HttpRequest, identify: Identify): Promise<void> {
  const { headers, address, requestId } = request;
  const { role } = await identify({ authorization: headers.authorization, address, requestId });
  request.note.role = role;
  if (!mayAct(role, ["READ"])) throw new Refusal("FORBIDDEN", { say: "Metrics need a key of role READ or higher." });
}
