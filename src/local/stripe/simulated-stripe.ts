import { systemClock } from "../../base/clock";
import { Deliveries, type DeliveryOptions } from "./delivery/deliveries";
import { answerOutsideApi } from "./pages/all-pages";
import { FormTokens } from "./pages/form-token";
import type { Desk } from "./pages/page";
import { type Control, type Simulator, type SimulatorOptions, startSimulator } from "./start-simulator";

export interface SimulatedStripeOptions extends Omit<SimulatorOptions, "deliver" | "pages"> {
  delivery?: Partial<DeliveryOptions>;
  /** How long a finished checkout waits for the endpoints' answer before it sends the buyer back. */
  redirectWaitMs?: number;
}

export interface SimulatedStripe extends Simulator {
  deliveries: Deliveries;
}

const HOUR = 3_600;
const RETRY_MS = 250;

/** The whole of it: the API, what it sends to endpoints, the hosted pages and the control room, on one port. */
export async function openSimulatedStripe(options: SimulatedStripeOptions = {}): Promise<SimulatedStripe> {
  const { delivery, redirectWaitMs = 5_000, ...kernel } = options;
  const deliveries = new Deliveries({ ...usual, ...delivery });
  const tokens = new FormTokens();
  let desk: Desk | null = null;
  const simulator = await startSimulator({
    ...kernel,
    deliver: deliveries.deliver,
    pages: async (_, request, response) => {
      if (desk) await answerOutsideApi(desk, request, response);
      else response.writeHead(503).end();
    },
  });
  const whole = { ...simulator, deliveries, control: sendingDue(simulator.control, deliveries) };
  deliveries.attach(whole);
  desk = { simulator: whole, deliveries, tokens, redirectWaitMs };
  const retrying = setInterval(() => deliveries.sendDue(), RETRY_MS).unref();
  const close = async (): Promise<void> => {
    clearInterval(retrying);
    deliveries.close();
    await simulator.close();
  };
  return { ...whole, close };
}

const usual: DeliveryOptions = {
  timeoutMs: 10_000,
  retryAfterS: [HOUR / 6, HOUR, 3 * HOUR],
  parallel: 1,
  clock: systemClock,
};

/** When the clock is moved, retries whose time has come are sent. */
function sendingDue(control: Control, deliveries: Deliveries): Control {
  const moveTo = (seconds: number): void => {
    control.moveTo(seconds);
    deliveries.sendDue();
  };
  const reset = (): void => {
    deliveries.forget();
    control.reset();
  };
  return { ...control, moveTo, moveBy: (seconds) => moveTo(control.now() + seconds), reset };
}
