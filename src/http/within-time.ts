import { Unavailable } from "../base/refusal";

/** The work's result, or Unavailable when it takes longer. The work itself goes on to its end, unheard. */
export function withinTime<Result>(msMax: number, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Unavailable({ say: "The request took too long.", details: { limit: "requestMs", max: msMax } }));
    }, msMax);
    work.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
