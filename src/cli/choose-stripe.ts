import path from "node:path";
import { type Clock, systemClock } from "../base/clock";
import type { Logger } from "../base/log";
import type { Config } from "../config/config";
import type { SimulatedStripe } from "../local/stripe/simulated-stripe";

export interface ChosenStripe {
  access: Config["stripe"];
  /** Null when somebody brought a Stripe of their own. Its clock is ahead of ours once somebody has moved it. */
  simulated: { url: string; clock: Clock } | null;
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
  let simulated: SimulatedStripe | null = null;
  const clock = { now: () => new Date(systemClock.now().getTime() + (simulated?.world.aheadMs ?? 0)) };
  simulated = await openBeside(config, log, clock);
  const { url, close } = simulated;
  const { keepStripeAddress } = await import("../local/stripe-address.js");
  const forgetAddress = keepStripeAddress(config.dataDir, url);
  const stop = async () => {
    forgetAddress();
    await close();
  };
  return { access: accessTo(stripe, url), simulated: { url, clock }, stop };
}

/** The Stripe that a server beside us speaks with; without such a server, the one that it would speak with. */
export async function reachStripe(config: Config, log: Logger): Promise<ChosenStripe> {
  return (await findStripe(config)) ?? chooseStripe(config, log);
}

/** The same; null where it would have to be started. */
export async function findStripe(config: Config): Promise<ChosenStripe | null> {
  const { stripe } = config;
  const isBrought = stripe.secretKey !== null || stripe.apiBase !== null;
  if (!config.localMode || isBrought) return { access: stripe, simulated: null, stop: () => Promise.resolve() };
  const { findRunningStripe } = await import("../local/stripe-address.js");
  const running = await findRunningStripe(config.dataDir);
  if (!running) return null;
  const { url, aheadMs } = running;
  const clock = { now: () => new Date(systemClock.now().getTime() + aheadMs) };
  return { access: accessTo(stripe, url), simulated: { url, clock }, stop: () => Promise.resolve() };
}

function accessTo(stripe: Config["stripe"], apiBase: string): Config["stripe"] {
  return { ...stripe, secretKey: SIMULATED_KEY, webhookSecret: null, apiBase };
}

/** On the port that was asked for, or the one after ours; if nobody asked and that one is taken, on any. */
async function openBeside(config: Config, log: Logger, clock: Clock): Promise<SimulatedStripe> {
  const { openSimulatedStripe } = await import("../local/stripe/simulated-stripe.js");
  const open = (port: number) =>
    openSimulatedStripe({
      port,
      dataDir: path.join(config.dataDir, "stripe"),
      // What it signs is dated by the clock that it shows, and so is what we hold it against.
      delivery: { clock },
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
