import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Clock, systemClock } from "../../base/clock";
import { refuseStranger } from "./control/refuse-strangers";
import type { Draft } from "./draft";
import { type FaultPlan, Faults } from "./faults";
import { type Journal, noJournal, openJournal } from "./journal";
import { type RateLimits, RateLimiter } from "./limit-rate";
import { setPageAddress } from "./objects/page-address";
import { resetWorld } from "./reset-world";
import { kinds } from "./routes";
import { seedWorld, type WorldSize } from "./seed-world";
import { serveApi, type Shell } from "./serve";
import { type Deliver, Simulation } from "./simulation";
import type { World } from "./world";

export interface SimulatorOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  host?: string;
  /** Without one, the world lives in memory and is gone with the process. */
  dataDir?: string;
  clock?: Clock;
  seed?: number;
  /** Told of what failed on our side; the caller sees a 500. */
  log?: (error: unknown) => void;
  /** Told of each event, after it was committed. It must not throw; sending is its own business. */
  deliver?: Deliver;
  /** The account that a request of the API is for; null: this one. */
  accountOf?: (request: IncomingMessage) => Promise<Pick<Simulator, "answerApi">> | null;
  /** Answers whatever is not under `/v1`: the hosted pages and the control room. */
  pages?: (simulator: Simulator, request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

export interface Simulator {
  url: string;
  host: string;
  port: number;
  /** To look at. It is changed through `control`. */
  world: Readonly<World>;
  control: Control;
  /** Answers a request of the API in this world, wherever it arrived. */
  answerApi(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

export interface Control {
  /** The time of the world, in seconds. */
  now(): number;
  /** Forward only; everything due on the way has happened when this returns. */
  moveTo(seconds: number): void;
  moveBy(seconds: number): void;
  /** What only Stripe, a bank or a person on a page can do; committed and delivered when this returns. */
  act<T>(work: (draft: Draft) => T): T;
  plan(plan: FaultPlan): void;
  faults: Faults;
  limitRates(limits: RateLimits): void;
  /** Takes permissions from a restricted key: `customer_write`, `price_read`, `*`. */
  restrictKey(key: string, missing: readonly string[]): void;
  seed(size: WorldSize): void;
  /** Empties the world; endpoints stay, ids go on counting, the clock goes back to the real time. */
  reset(): void;
  /** Writes the journal anew, as short as it can be. */
  compact(): void;
}

const TICK_MS = 1_000;
// A client whose process was busy for some seconds must not find its idle connection closed under its hands.
const KEEP_ALIVE_MS = 75_000;

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { clock = systemClock, seed = 1, deliver = () => {}, host = "127.0.0.1", log = () => {} } = options;
  const journal = options.dataDir ? openJournal(options.dataDir) : noJournal;
  const simulation = new Simulation(kinds, { clock, journal, deliver, seed });
  const missingPermissions = new Map<string, readonly string[]>();
  const rate = new RateLimiter(() => performance.now());
  const shell: Shell = {
    simulation,
    faults: new Faults(),
    rate,
    missingPermissions,
    report: log,
    requests: 0,
    held: new Set(),
  };
  const answerApi = (request: IncomingMessage, response: ServerResponse) => serveApi(shell, request, response);
  const answerFor = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const other = options.accountOf?.(request);
    await (other ? (await other).answerApi(request, response) : answerApi(request, response));
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const isApi = /^\/v[12]\//.test(request.url ?? "") || !options.pages;
    const stranger = isApi ? refuseStranger(request) : null;
    if (stranger) return void response.writeHead(403, { "Content-Type": "text/plain" }).end(`${stranger}\n`);
    const answered = isApi ? answerFor(request, response) : options.pages?.(simulator, request, response);
    answered?.catch((error: unknown) => abandon(error, response, log));
  });
  const port = await listen(server, options.port ?? 0, host).catch((error: unknown) => {
    journal.close();
    throw error;
  });
  simulation.act((draft) => setPageAddress(draft, `http://${host}:${port}`));
  const ticking = setInterval(() => reporting(log, () => simulation.passTime()), TICK_MS).unref();
  const control = openControl(shell, missingPermissions, journal);
  let open = true;
  const close = async (): Promise<void> => {
    if (!open) return;
    open = false;
    clearInterval(ticking);
    await stop(server);
    journal.close();
  };
  const simulator: Simulator = {
    url: `http://${host}:${port}`,
    host,
    port,
    world: simulation.world,
    control,
    answerApi,
    close,
  };
  return simulator;
}

function openControl(shell: Shell, missing: Map<string, readonly string[]>, journal: Journal): Control {
  const { simulation, faults, rate } = shell;
  return {
    now: simulation.now,
    moveTo: (seconds) => simulation.moveTo(seconds),
    moveBy: (seconds) => simulation.moveTo(simulation.now() + seconds),
    act: (work) => simulation.act(work),
    plan: (plan) => faults.plan(plan),
    faults,
    limitRates: (limits) => {
      rate.limits = limits;
    },
    restrictKey: (key, permissions) => {
      missing.set(key, permissions);
    },
    seed: (size) => seedWorld(simulation, size),
    reset: () => resetAll(shell, missing, journal),
    compact: () => journal.compact(simulation.world),
  };
}

function resetAll(
  { simulation, faults, rate }: Shell,
  missing: Map<string, readonly string[]>,
  journal: Journal,
): void {
  faults.clear();
  rate.limits = {};
  missing.clear();
  resetWorld(simulation);
  journal.compact(simulation.world);
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function abandon(error: unknown, response: ServerResponse, log: (error: unknown) => void): void {
  log(error);
  response.destroy();
}

function reporting(log: (error: unknown) => void, work: () => void): void {
  try {
    work();
  } catch (error) {
    log(error);
  }
}
