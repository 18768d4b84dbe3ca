import { setImmediate as turn } from "node:timers/promises";
import { Unavailable } from "../../src/base/refusal";
import { gatherReads } from "../../src/database/gather-reads";

/** Answers when it is told to, and keeps what it was asked. */
function makeReader() {
  const asked: { keys: readonly string[]; answer(): void; fail(error: Error): void }[] = [];
  const read = (keys: readonly string[]) =>
    new Promise<string[]>((resolve, reject) => {
      asked.push({ keys, answer: () => resolve(keys.map((key) => key.toUpperCase())), fail: reject });
    });
  return { asked, gathered: gatherReads(read), keys: () => asked.map(({ keys }) => keys.join("")) };
}

test("what is asked in one turn is asked together, and everybody gets their own values in their own order", async () => {
  const { asked, gathered, keys } = makeReader();
  const answers = [gathered(["a", "b"]), gathered(["c"]), gathered(["b", "a"])];
  await turn();
  expect(keys()).toEqual(["abcba"]);
  asked[0]?.answer();
  expect(await Promise.all(answers)).toEqual([["A", "B"], ["C"], ["B", "A"]]);
});

test("nobody joins a statement that is on its way; at most two are, and the others wait for them together", async () => {
  const { asked, gathered, keys } = makeReader();
  const answers: Promise<readonly string[]>[] = [];
  for (const key of ["a", "b", "c", "d"]) {
    answers.push(gathered([key]));
    await turn();
  }
  expect(keys()).toEqual(["a", "b"]);
  asked[1]?.answer();
  expect(await answers[1]).toEqual(["B"]);
  await turn();
  await turn();
  expect(keys()).toEqual(["a", "b", "cd"]);
  asked.forEach(({ answer }) => answer());
  expect(await Promise.all(answers)).toEqual([["A"], ["B"], ["C"], ["D"]]);
});

test("whoever asks for many asks alone, and waits for nobody", async () => {
  const { asked, gathered, keys } = makeReader();
  const small = [gathered(["a"]), gathered(["b"])];
  const many = gathered(Array.from({ length: 50 }, () => "x"));
  expect(keys()).toEqual(["x".repeat(50)]);
  await turn();
  expect(keys()).toEqual(["x".repeat(50), "ab"]);
  asked.forEach(({ answer }) => answer());
  expect((await many).length).toBe(50);
  expect(await Promise.all(small)).toEqual([["A"], ["B"]]);
});

test("what is wrong with one is not the others' fault: after a failure each asks for itself", async () => {
  const { asked, gathered, keys } = makeReader();
  const answers = [gathered(["a"]), gathered(["!"]), gathered(["c"])];
  const settled = Promise.allSettled(answers);
  await turn();
  asked[0]?.fail(new Error("one of them cannot be read"));
  await turn();
  expect(keys()).toEqual(["a!c", "a", "!", "c"]);
  asked[1]?.answer();
  asked[2]?.fail(new Error("this one"));
  asked[3]?.answer();
  expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("a database that does not answer is asked once for all of them", async () => {
  const { asked, gathered, keys } = makeReader();
  const settled = Promise.allSettled([gathered(["a"]), gathered(["b"])]);
  await turn();
  asked[0]?.fail(new Unavailable({ say: "gone" }));
  expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(keys()).toEqual(["ab"]);
});
