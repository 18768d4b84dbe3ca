import { systemClock } from "../../base/clock";
import { Deliveries, type DeliveryOptions } from "./delivery/deliveries";
import { type Simulator, type SimulatorOptions, startSimulator } from "./start-simulator";

export interface SimulatedStripeOptions extends Omit<SimulatorOptions, "deliver" | "pages"> {
  delivery?: Partial<DeliveryOptions>;
}

export interface SimulatedStripe extends Simulator {
  deliveries: Deliveries;
}

const HOUR = 3_600;
const RETRY_MS = 250;

/** The whole of it: the API, what it sends to endpoints, the hosted pages and the control room, on one port. */
export async function openSimulatedStripe(options: SimulatedStripeOptions = {}): Promise<SimulatedStripe> {
  const deliveries = new Deliveries({
    timeoutMs: 10_000,
    retryAfterS: [HOUR / 6, HOUR, 3 * HOUR],
    parallel: 1,
    clock: systemClock,
    ...options.delivery,
  });
  const simulator = await startSimulator({ ...options, deliver: deliveries.deliver });
  deliveries.attach(simulator);
  const retrying = setInterval(() => deliveries.sendDue(), RETRY_MS).unref();
  const { control } = simulator;
  const moveTo = (seconds: number): void => {
    control.moveTo(seconds);
    deliveries.sendDue();
  };
  return {
    ...simulator,
    deliveries,
    control: { ...control, moveTo, moveBy: (seconds) => moveTo(control.now() + seconds) },
    close: async () => {
      clearInterval(retrying);
      deliveries.close();
      await simulator.close();
    },
  };
}
