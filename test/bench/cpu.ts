import { readFileSync, readdirSync } from "node:fs";

/** Microseconds of processor time that these processes have used so far; null where /proc does not tell. */
export function cpuOf(pids: readonly number[]): number | null {
  const known = pids.map(ofProcess).filter((used) => used !== null);
  return known.length === 0 ? null : known.reduce((sum, used) => sum + used, 0);
}

/** A process and its children: PostgreSQL has one for each connection. */
export function familyOf(pid: number): number[] {
  const children = processes().filter((other) => parentOf(other) === pid);
  return [pid, ...children];
}

/** Of the server behind a connection, if it runs on this machine. */
export function parentOf(pid: number): number | null {
  try {
    return Number(statOf(pid)[1]);
  } catch {
    return null;
  }
}

/** Bytes of memory that the process holds now, and the most that it ever held. */
export function memoryOf(pid: number): { now: number; most: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? NaN) * 1024;
    return { now: bytes("VmRSS"), most: bytes("VmHWM") };
  } catch {
    return null;
  }
}

export function nameOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return null;
  }
}

function processes(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** What follows the name, which may hold anything. */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

// The kernel counts in hundredths of a second on every Linux that Node runs on.
const MICROSECONDS_PER_TICK = 10_000;

/** Null for one that has ended: PostgreSQL's cleaners come and go. */
function ofProcess(pid: number): number | null {
  try {
    const stat = statOf(pid);
    return (Number(stat[11]) + Number(stat[12])) * MICROSECONDS_PER_TICK;
  } catch {
    return null;
  }
}
