import { readStreaming } from "../../src/graphql/read-streaming";
import { writeEvents } from "../../src/graphql/write-events";

describe("the header accept", () => {
  const table: [string | string[] | undefined, string][] = [
    [undefined, "NO"],
    ["", "NO"],
    ["*/*", "NO"],
    ["application/json", "NO"],
    ["text/event-stream", "ONLY"],
    ["Text/Event-Stream; charset=utf-8", "ONLY"],
    ["text/event-stream, multipart/mixed", "ONLY"],
    ["text/event-stream;q=0.5", "ONLY"],
    ["text/event-stream;q=0", "NO"],
    ["text/event-stream; q=0.0, application/json", "NO"],
    ["text/event-stream, application/json;q=0", "ONLY"],
    ["application/json, text/event-stream", "MAY"],
    ["text/event-stream, */*", "MAY"],
    ["application/graphql-response+json, application/json, text/event-stream, multipart/mixed", "MAY"],
    ["text/event-streams", "NO"],
    [["text/event-stream"], "NO"],
  ];
  test.each(table)("%s: %s", (accept, wanted) => {
    expect(readStreaming(accept)).toBe(wanted);
  });
});

describe("events", () => {
  /** Results that come at once, but for those that are promises; `asked` counts how many were asked for. */
  function opened(results: unknown[], check: () => Promise<void> = () => Promise.resolve()) {
    const seen = { asked: 0, returned: 0, ended: 0 };
    const stream = writeEvents({
      results: {
        next: async () => {
          const value = await results[seen.asked++];
          if (value instanceof Error) throw value;
          return value === undefined ? { done: true, value } : { done: false, value };
        },
        return: () => {
          seen.returned++;
          return Promise.resolve({ done: true, value: undefined });
        },
      },
      format: (result) => JSON.stringify(result),
      formatError: (error) => JSON.stringify(String(error)),
      check,
      ended: () => void seen.ended++,
      beatMs: 5,
    });
    return { stream, seen, pieces: stream.pieces[Symbol.asyncIterator]() };
  }
  const all = async (pieces: AsyncIterator<string>) => {
    const read: string[] = [];
    for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) read.push(piece.value);
    return read.join("");
  };

  test("are a sign of life, one for each result, and the end", async () => {
    const { pieces, seen } = opened([1, { a: "two\nlines" }]);
    expect(await all(pieces)).toBe(
      ':\n\nevent: next\ndata: 1\n\nevent: next\ndata: {"a":"two\\nlines"}\n\nevent: complete\ndata:\n\n',
    );
    expect(seen.ended).toBe(1);
  });

  test("are asked for one by one: nothing waits for a reader who is slow", async () => {
    const { pieces, seen } = opened([1, 2, 3]);
    await pieces.next();
    expect(seen.asked).toBe(0);
    await pieces.next();
    await new Promise((turn) => setTimeout(turn, 20));
    expect(seen.asked).toBe(1);
    await pieces.next();
    await new Promise((turn) => setTimeout(turn, 20));
    expect(seen.asked).toBe(2);
  });

  test("are signs of life while there is nothing to tell, and at each of them the reader has to be welcome", async () => {
    let checks = 0;
    let tell: (value: unknown) => void = () => undefined;
    const later = new Promise((done) => (tell = done));
    const refusals = [null, null, null, new Error("not you any more")];
    const check = () => {
      const refusal = refusals[checks++];
      return refusal ? Promise.reject(refusal) : Promise.resolve();
    };
    const { pieces } = opened([later, new Promise(() => undefined)], check);
    const next = async () => (await pieces.next()).value as string;
    expect([await next(), await next(), await next()]).toEqual([":\n\n", ":\n\n", ":\n\n"]);
    tell(1);
    expect(await next()).toBe("event: next\ndata: 1\n\n");
    expect(await all(pieces)).toBe('event: next\ndata: "Error: not you any more"\n\nevent: complete\ndata:\n\n');
    expect(checks).toBe(4);
  });

  test("end with what broke, and let go of their source once", async () => {
    const { pieces, seen } = opened([1, new TypeError("it broke")]);
    expect(await all(pieces)).toMatch(
      /data: 1\n\nevent: next\ndata: "TypeError: it broke"\n\nevent: complete\ndata:\n\n$/,
    );
    expect(seen).toMatchObject({ returned: 1, ended: 1 });
  });

  test("are not told to those who are not welcome any more", async () => {
    const { pieces } = opened([1, 2], () => Promise.reject(new Error("not you")));
    expect(await all(pieces)).toBe(':\n\nevent: next\ndata: "Error: not you"\n\nevent: complete\ndata:\n\n');
  });

  test("end at once when the reader hangs up, also before the first one and more than once", async () => {
    const waiting = opened([]);
    waiting.stream.end(null);
    waiting.stream.end(new Error("late"));
    expect(await all(waiting.pieces)).toBe(":\n\nevent: complete\ndata:\n\n");
    expect(waiting.seen).toEqual({ asked: 0, returned: 1, ended: 1 });
  });
});
