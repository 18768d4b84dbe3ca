import { Unavailable } from "../base/refusal";

/** The work's result, or Unavailable when it takes longer. The work itself goes on to its end, unheard. */
export async function withinTime<Result>(msMax: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Unavailable({ say: "The request took too long.", details: { limit: "requestMs", max: msMax } }));
    }, msMax);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
