import type { IncomingMessage } from "node:http";
import { systemClock } from "../../base/clock";
import { type Accounts, findKeptAccounts, openAccounts, readAccountName } from "./accounts";
import { Deliveries, type DeliveryOptions } from "./delivery/deliveries";
import type { Draft } from "./draft";
import { answerOutsideApi } from "./pages/all-pages";
import { FormTokens } from "./pages/form-token";
import { goneAway } from "./pages/gone-away";
import type { Desk } from "./pages/page";
import { servePageOf } from "./pages/serve-pages";
import { type Control, type Simulator, type SimulatorOptions, startSimulator } from "./start-simulator";

export interface SimulatedStripeOptions extends Omit<SimulatorOptions, "accountOf" | "deliver" | "pages"> {
  delivery?: Partial<DeliveryOptions>;
  /** How long a finished checkout waits for the endpoints' answer before it sends the buyer back. */
  redirectWaitMs?: number;
}

export interface SimulatedStripe extends Simulator {
  deliveries: Deliveries;
  /** Lets happen in this account what has come due by then. Moving the clock through `control` does it in all accounts. */
  catchUp(seconds: number): void;
}

const HOUR = 3_600;
const RETRY_MS = 250;

/** The whole of it: the API for all accounts on one port, and each account's events, hosted pages and control room. */
export async function openSimulatedStripe(options: SimulatedStripeOptions = {}): Promise<SimulatedStripe> {
  let first: SimulatedStripe | null = null;
  const accounts: Accounts = openAccounts(options.dataDir, async ({ name, ...own }) => {
    if (!first) throw new Error("the first account is not open");
    const { world } = first;
    const base = options.clock ?? systemClock;
    const clock = { now: () => new Date(base.now().getTime() + world.aheadMs) };
    const account = await openAccount({ ...options, port: 0, clock, ...own }, { first, siblings: accounts });
    account.control.act((draft) => nameAccount(draft, name));
    return account;
  });
  const accountOf = ({ headers }: IncomingMessage) => {
    const name = readAccountName(headers.authorization);
    return name === null ? null : accounts.of(name);
  };
  first = await openAccount({ ...options, accountOf }, { accounts });
  const { close: closeFirst } = first;
  const close = async (): Promise<void> => {
    await accounts.close();
    await closeFirst();
  };
  try {
    for (const name of findKeptAccounts(options.dataDir)) await accounts.of(name);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...first, close };
}

interface Role {
  /** The first account has the others, and takes them along when its clock is moved. */
  accounts?: Accounts | undefined;
  /** Every other account moves the clock of the first, and shows the accounts beside it. */
  first?: SimulatedStripe | undefined;
  siblings?: Pick<Accounts, "all"> | undefined;
}

async function openAccount(
  options: SimulatedStripeOptions & Pick<SimulatorOptions, "accountOf">,
  { accounts, first, siblings }: Role,
): Promise<SimulatedStripe> {
  const { delivery, redirectWaitMs = 5_000, ...kernel } = options;
  const deliveries = new Deliveries({ ...usual, ...delivery });
  const tokens = new FormTokens();
  let desk: Desk | null = null;
  const simulator = await startSimulator({
    ...kernel,
    deliver: deliveries.deliver,
    pages: async (_, request, response) => {
      if (!desk) return void response.writeHead(503).end();
      await answerOutsideApi(desk, request, response).catch((error: unknown) => {
        if (response.headersSent) throw error;
        options.log?.(error);
        servePageOf(response, goneAway(500, "Something failed in the simulated Stripe. Its log says what."));
      });
    },
  });
  const catchUp = (seconds: number): void => {
    simulator.control.moveTo(seconds);
    deliveries.sendDue();
  };
  const control = sharingTime(simulator.control, { catchUp, deliveries, accounts, clockOf: first?.control });
  const whole = { ...simulator, deliveries, control, catchUp };
  deliveries.attach(whole);
  desk = {
    simulator: whole,
    deliveries,
    tokens,
    redirectWaitMs,
    firstAccount: () => first ?? whole,
    accounts: () => (accounts ?? siblings)?.all() ?? new Map(),
  };
  const retrying = setInterval(() => deliveries.sendDue(), RETRY_MS).unref();
  const close = async (): Promise<void> => {
    clearInterval(retrying);
    deliveries.close();
    await simulator.close();
  };
  return { ...whole, close };
}

/** The pages of an account show which one it is. */
function nameAccount(draft: Draft, name: string): void {
  const [row] = draft.rows("account");
  if (!row?.business_profile || row.business_profile.name?.endsWith(`(${name})`)) return;
  draft.put({ ...row, business_profile: { ...row.business_profile, name: `Simulated shop (${name})` } });
}

const usual: DeliveryOptions = {
  timeoutMs: 10_000,
  retryAfterS: [HOUR / 6, HOUR, 3 * HOUR],
  parallel: 1,
  clock: systemClock,
};

interface Sharing extends Pick<SimulatedStripe, "catchUp" | "deliveries">, Pick<Role, "accounts"> {
  clockOf: Control | undefined;
}

/** When the clock is moved, it moves in all accounts, and retries whose time has come are sent. */
function sharingTime(control: Control, { catchUp, deliveries, accounts, clockOf }: Sharing): Control {
  const moveTo = (seconds: number): void => {
    // The first account moves, and the others with it, this one among them.
    if (clockOf) return clockOf.moveTo(seconds);
    catchUp(seconds);
    for (const account of accounts?.all().values() ?? []) account.catchUp(seconds);
  };
  const reset = (): void => {
    deliveries.forget();
    control.reset();
  };
  return { ...control, moveTo, moveBy: (seconds) => moveTo(control.now() + seconds), reset };
}
