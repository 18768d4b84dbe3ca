import fc from "fast-check";

/** The seed of everything that a test decides by lot: fixed, or the one that `npm run test:random` has drawn. */
export function readTestSeed(): number {
  const { seed } = fc.readConfigureGlobal();
  if (seed === undefined) throw new Error("there is no seed: the environment of the tests sets it");
  return seed;
}
