import { MINUTE, SECOND } from "../base/durations";
import { Bug, Failure } from "../base/refusal";
import type { ConnectionEntity } from "./connection.entity";
import { type ConnectDeps, connectStripe } from "./connect-stripe";
import { findConnected } from "./connections.store";

/** In the background, for Stripe may be down when we start. */
export interface EnvironmentConnection {
  /** Null: the settings name no account, or its key was refused. */
  connected: Promise<ConnectionEntity | null>;
  stop(): Promise<void>;
}

const PAUSES = [SECOND, 2 * SECOND, 5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE];
const BY = { actor: "SYSTEM", actorRef: "STRIPE_SECRET_KEY", origin: "API" } as const;

/** Connects the account that the settings name. At each start again, which changes nothing when all is as it should be. */
export function connectFromEnvironment(deps: ConnectDeps): EnvironmentConnection {
  const { secretKey } = deps.config.stripe;
  const stopping = new AbortController();

  async function run(): Promise<ConnectionEntity | null> {
    if (secretKey === null) return null;
    for (let attempt = 0; !stopping.signal.aborted; attempt++) {
      try {
        return await connect(deps, secretKey);
      } catch (err) {
        const isHopeless = err instanceof Failure && !err.retryable;
        deps.log[isHopeless ? "error" : "warn"]({ err }, "the account of STRIPE_SECRET_KEY could not be connected");
        if (isHopeless || err instanceof Bug) return null;
        await pause(PAUSES[Math.min(attempt, PAUSES.length - 1)] ?? MINUTE, stopping.signal);
      }
    }
    return null;
  }

  const connected = run();
  return {
    connected,
    stop: async () => {
      stopping.abort();
      await connected;
    },
  };
}

async function connect(deps: ConnectDeps, secretKey: string): Promise<ConnectionEntity> {
  const { webhookSecret } = deps.config.stripe;
  const mode = /^\w\w_live_/.test(secretKey) ? "LIVE" : "TEST";
  const held = (await findConnected(deps.db, mode)).filter(({ fromEnvironment }) => fromEnvironment);
  const isBrought = held.some((one) => one.webhookSecretSealed !== null && one.webhookEndpoint === null);
  const withoutEndpoint = isBrought || !isReachable(deps);
  const row = await connectStripe(deps, {
    mode,
    secretKey,
    webhookSecret,
    withoutEndpoint,
    fromEnvironment: true,
    by: BY,
  });
  deps.log.info({ connectionId: row.id, account: row.account, mode }, "the account of STRIPE_SECRET_KEY is connected");
  return row;
}

/** Stripe itself cannot reach this machine by its own name for itself, and refuses such an address. */
function isReachable({ config }: ConnectDeps): boolean {
  if (config.stripe.apiBase !== null) return true;
  return !/^http:|\/\/(localhost|127\.|\[::1\])/.test(config.publicUrl);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(finish, ms);
    timer.unref();
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      done();
    }
    signal.addEventListener("abort", finish);
    if (signal.aborted) finish();
  });
}
