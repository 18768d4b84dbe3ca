import type { IncomingMessage } from "node:http";
import { SECOND } from "../base/durations";

const SURPLUS_READ_MAX = 2_000_000;

/** Whoever is refused may still be writing, and reads why only when a little more is taken; not much, and not for long. */
export function skipBody(request: IncomingMessage): Promise<void> {
  return new Promise((done) => {
    if (request.complete || request.destroyed) return done();
    let surplus = 0;
    const timer = setTimeout(done, SECOND);
    const finish = () => {
      clearTimeout(timer);
      done();
    };
    request.on("data", (chunk: Buffer) => {
      surplus += chunk.length;
      if (surplus > SURPLUS_READ_MAX) finish();
    });
    request.once("end", finish).once("close", finish);
  });
}
