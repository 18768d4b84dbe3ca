import { type AddressInfo, type Socket, createServer } from "node:net";
import { connectToServer } from "./test-server";

/** The same database through a line on which every answer and every notice arrives this much later. */
export async function delayedLine(url: string, delayMs: number): Promise<{ url: string; close(): Promise<void> }> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connectToServer(target);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => [near, far].forEach((end) => end.destroy()));
    }
    near.pipe(far);
    far.on("data", (bytes) => setTimeout(() => near.writable && near.write(bytes), delayMs));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const delayed = new URL(url);
  delayed.hostname = "127.0.0.1";
  delayed.port = String((server.address() as AddressInfo).port);
  const close = () =>
    new Promise<void>((closed) => {
      server.close(() => closed());
      sockets.forEach((socket) => socket.destroy());
    });
  return { url: delayed.href, close };
}
