// SQLSTATEs that say nothing about the statement: the connection is lost (08), the credentials or the database are
// gone (28, 3D000), resources are short (53), an operator or a crash ended the session or the server is starting or
// stopping (57P), the disk fails (58), the session was ended while idle (25P03, 25P04), or the server became read-only
// in a failover (25006).
const STATES = /^(08\w{3}|28\w{3}|3D000|53\w{3}|57P0\d|58\w{3}|25P03|25P04|25006)$/;

// Errors of sockets and of name resolution, as Node reports them.
const SOCKET_CODES =
  /^(ECONN\w+|E(HOST|NET)(UNREACH|DOWN)|ENETRESET|EADDRNOTAVAIL|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_\w+|EMFILE|ENFILE)$/;

// Errors of pg and its pool, which have no code.
const MESSAGES =
  /^(timeout exceeded when trying to connect|timeout expired|Connection terminated|Query read timeout|Cannot use a pool after calling end|Client has encountered a connection error|Client was closed)/;

/** Whether an error of the driver means that the database cannot be used, whatever the statement was. */
export function isOutage(error: unknown): boolean {
  const { code, message, driverError } = (error ?? {}) as { code?: unknown; message?: unknown; driverError?: unknown };
  if (driverError !== undefined && driverError !== error) return isOutage(driverError);
  if (typeof code === "string" && (STATES.test(code) || SOCKET_CODES.test(code))) return true;
  return typeof message === "string" && MESSAGES.test(message);
}
