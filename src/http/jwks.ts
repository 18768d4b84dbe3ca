import { type Route, jsonAnswer } from "./route";

/** The public halves of the keys that sign user tokens. */
export type Jwks = () => Promise<{ keys: readonly object[] }>;

// Long enough to spare us, short enough that a new key is known before the old one goes.
const CACHED_SECONDS = 300;

export function jwksRoute(jwks: Jwks): Route {
  return {
    path: "/.well-known/jwks.json",
    methods: ["GET"],
    openToBrowsers: true,
    answer: async () => jsonAnswer(200, await jwks(), { "cache-control": `public, max-age=${CACHED_SECONDS}` }),
  };
}
