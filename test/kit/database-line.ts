import { type AddressInfo, type Socket, createServer } from "node:net";
import { connectToServer } from "./test-server";

/** A proxy in front of PostgreSQL that loses connections when a test says so. */
export interface DatabaseLine {
  /** The database's address through the proxy. */
  through(url: string): string;
  /** Connects to another server from now on. */
  leadTo(url: string): void;
  /** Cuts the connection that sends the nth statement from now, before the statement arrives. */
  cutAtStatement(nth: number): void;
  /** Lets statements pass again. Returns whether the connection was cut. */
  letPass(): boolean;
  /** Closes every connection, and refuses new ones until `accept`. */
  refuse(): void;
  accept(): void;
  close(): Promise<void>;
}

// The first bytes of messages that begin a statement: a simple query, a parse, a bind of what was parsed before.
const BEGINS_STATEMENT = new Set(["Q", "P", "B"].map((type) => type.charCodeAt(0)));

export async function openDatabaseLine(): Promise<DatabaseLine> {
  const sockets = new Set<Socket>();
  let target = new URL("postgres://127.0.0.1:1");
  let left = Infinity;
  let isRefusing = false;
  const server = createServer((near) => {
    if (isRefusing) {
      near.destroy();
      return;
    }
    const far = connectToServer(target);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        [near, far].forEach((end) => end.destroy());
      });
    }
    far.pipe(near);
    near.on("data", (bytes: Buffer) => {
      if (BEGINS_STATEMENT.has(bytes[0] ?? 0) && --left === 0) near.destroy();
      else if (far.writable) far.write(bytes);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const own = String((server.address() as AddressInfo).port);
  const leadTo = (url: string) => void (target = new URL(url));
  return {
    through: (url) => {
      leadTo(url);
      const through = new URL(url);
      through.hostname = "127.0.0.1";
      through.port = own;
      return through.href;
    },
    leadTo,
    cutAtStatement: (nth) => void (left = nth),
    letPass: () => {
      const isCut = left <= 0;
      left = Infinity;
      return isCut;
    },
    refuse: () => {
      isRefusing = true;
      sockets.forEach((socket) => socket.destroy());
    },
    accept: () => void (isRefusing = false),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}
