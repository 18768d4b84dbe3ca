import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { SECOND } from "../base/durations";
import type { Reader } from "./db";

const HEARD_WITHIN_MS = 2 * SECOND;

/**
 * Whether a notice that is sent through the pool arrives on the line that listens. Through a pooler in transaction mode
 * it does not: the line on which somebody listened is somebody else's by then.
 */
export async function hearNotice(db: Pick<Reader, "rows">, listenUrl: string): Promise<boolean> {
  const channel = `latchkey_doctor_${randomUUID().slice(0, 8)}`;
  const line = new Client({ connectionString: listenUrl, application_name: "latchkey doctor" });
  line.on("error", () => undefined);
  try {
    await line.connect();
    await line.query(`listen ${channel}`);
    const heard = new Promise<boolean>((resolve) => {
      const waiting = setTimeout(() => resolve(false), HEARD_WITHIN_MS);
      line.on("notification", () => {
        clearTimeout(waiting);
        resolve(true);
      });
    });
    await db.rows(`/* server.notify */ select pg_notify($1, '')`, [channel]);
    return await heard;
  } finally {
    await line.end().catch(() => undefined);
  }
}
