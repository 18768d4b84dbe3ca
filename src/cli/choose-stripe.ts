import path from "node:path";
import type { Logger } from "../base/log";
import type { Config } from "../config/config";
import type { SimulatedStripe } from "../local/stripe/simulated-stripe";

export interface ChosenStripe {
  access: Config["stripe"];
  /** Null when somebody brought a Stripe of their own. */
  simulated: { url: string } | null;
  stop(): Promise<void>;
}

// Any test key opens the simulated Stripe; this one says what it is for.
const SIMULATED_KEY = "sk_test_latchkeysimulatedstripe";

/** The account whose key was given, or in local mode a simulated Stripe whose world a restart finds again. */
export async function chooseStripe(config: Config, log: Logger): Promise<ChosenStripe> {
  const { stripe } = config;
  if (stripe.secretKey !== null || stripe.apiBase !== null) {
    return { access: stripe, simulated: null, stop: () => Promise.resolve() };
  }
  const simulated = await openBeside(config, log);
  return {
    access: { ...stripe, secretKey: SIMULATED_KEY, webhookSecret: null, apiBase: simulated.url },
    simulated: { url: simulated.url },
    stop: () => simulated.close(),
  };
}

/** On the port that was asked for, or the one after ours; if nobody asked and that one is taken, on any. */
async function openBeside(config: Config, log: Logger): Promise<SimulatedStripe> {
  const { openSimulatedStripe } = await import("../local/stripe/simulated-stripe.js");
  const open = (port: number) =>
    openSimulatedStripe({
      port,
      dataDir: path.join(config.dataDir, "stripe"),
      log: (err) => log.error({ err }, "the simulated Stripe failed"),
    });
  if (config.simulatedStripePort !== null) return open(config.simulatedStripePort);
  const beside = config.port === 0 || config.port === 65_535 ? 0 : config.port + 1;
  try {
    return await open(beside);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EADDRINUSE") throw error;
    return open(0);
  }
}
