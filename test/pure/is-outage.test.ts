import { QueryFailedError } from "typeorm";
import { isOutage } from "../../src/database/is-outage";

const coded = (code: string) => Object.assign(new Error("said by the driver"), { code });

const STATES = "08000 08003 08006 57P01 57P02 57P03 53100 53200 53300 58030 25P03 25006 28P01 3D000";
const SOCKETS = "ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT EHOSTUNREACH EAI_AGAIN ENOTFOUND";

test.each(`${STATES} ${SOCKETS}`.split(" "))("%s is an outage, also inside the error of TypeORM", (code) => {
  expect(isOutage(coded(code))).toBe(true);
  expect(isOutage(new QueryFailedError("select 1", [], coded(code)))).toBe(true);
});

test.each([
  "Connection terminated unexpectedly",
  "Connection terminated",
  "Connection terminated due to connection timeout",
  "timeout exceeded when trying to connect",
  "Query read timeout",
  "Client has encountered a connection error and is not queryable",
  "Client was closed and is not queryable",
])("%s is an outage", (message) => {
  expect(isOutage(new Error(message))).toBe(true);
});

test.each(["23505", "42P01", "42601", "42501", "22021", "40001", "40P01", "XX000", "P0001", "57014"])(
  "%s is about the statement",
  (code) => expect(isOutage(new QueryFailedError("select 1", [], coded(code)))).toBe(false),
);

test("what is no error of the driver is no outage", () => {
  for (const other of [null, undefined, "57P01", {}, new Error("a user said: Connection terminated")]) {
    expect(isOutage(other)).toBe(false);
  }
});
