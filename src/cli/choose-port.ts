import { createServer } from "node:net";
import type { Config } from "../config/config";

/** Any free port becomes a certain one before anything starts: our address is told to others, to Stripe first of all. */
export async function choosePort(config: Config): Promise<Config> {
  if (config.port !== 0) return config;
  const port = await freePort(config.host);
  const isOurs = new URL(config.publicUrl).port === "0";
  return { ...config, port, ...(isOurs && { publicUrl: config.publicUrl.replace(/:0$/, `:${port}`) }) };
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
