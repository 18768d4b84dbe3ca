import { type CliResult, type RunningCli, runCli, startCli } from "./run-cli";
import { TEST_SECRETS } from "./start-latchkey";
import { type Shop, type ShopOptions, startShop } from "./start-shop";

/** The command line on the database of a shop, with the settings of its server. */
export interface ShopCli {
  env: Record<string, string>;
  run(args: readonly string[], env?: Record<string, string>): Promise<CliResult>;
  start(args: readonly string[], env?: Record<string, string>): Promise<RunningCli>;
  /** Runs it with `--json`, and reads the answer. */
  json<Answer = Record<string, unknown>>(args: readonly string[]): Promise<Answer & { code: number | null }>;
}

export function shopCli({ latchkey, simulator }: Pick<Shop, "latchkey" | "simulator">): ShopCli {
  const env = {
    DATABASE_URL: latchkey.database.url,
    LATCHKEY_ENCRYPTION_KEY: TEST_SECRETS.LATCHKEY_ENCRYPTION_KEY,
    LATCHKEY_PUBLIC_URL: latchkey.url,
    STRIPE_API_BASE: simulator.url,
    LATCHKEY_STRIPE_REQUESTS_PER_SECOND: "50000",
    LATCHKEY_DATABASE_CONNECTIONS: "4",
  };
  return {
    env,
    run: (args, more = {}) => runCli(args, { ...env, ...more }),
    start: (args, more = {}) => startCli(args, { ...env, ...more }),
    json: async (args) => {
      const { code, out, said } = await runCli([...args, "--json"], env);
      if (out === "") throw new Error(`no answer: ${said}`);
      return { ...JSON.parse(out), code };
    },
  };
}

/** A shop that ends up at the real time, as the processes beside it have it. */
export function startShopNow({ agoMs = 0, ...options }: { agoMs?: number } & ShopOptions = {}): Promise<Shop> {
  return startShop({ ...options, from: new Date(Date.now() - agoMs) });
}
