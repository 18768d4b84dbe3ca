import { sealingKey } from "../../src/base/sealing-key";
import { readExportTicket, toExportUrl } from "../../src/exports/export-url";
import { toHandBackUrl } from "../../src/links/hand-back-url";

const [first, second, other] = ["first", "second", "other"].map((name) => sealingKey(`the secret named ${name}`));
if (!first || !second || !other) throw new Error("there are three keys");
const config = { publicUrl: "https://latchkey.test", sealingKeys: [first] };
const jobId = "01890a5d-ac96-774b-bcce-b302099a8057";
const expiresAt = new Date("2026-03-01T12:15:00Z");
const before = new Date("2026-03-01T12:14:59.999Z");
const ticketOf = (url: string) => url.slice("https://latchkey.test/exports/".length);
const ticket = ticketOf(toExportUrl(config, { jobId, expiresAt }));

test("the address names the job that it was made for, until its time", () => {
  expect(readExportTicket(config, ticket, before)).toEqual({ jobId });
  expect(readExportTicket(config, ticket, expiresAt)).toBe("EXPIRED");
});

test("a key that stands behind another one still knows what it signed; a key that is gone does not", () => {
  expect(readExportTicket({ sealingKeys: [second, first] }, ticket, before)).toEqual({ jobId });
  expect(readExportTicket({ sealingKeys: [other] }, ticket, before)).toBe("FORGED");
  expect(readExportTicket({ sealingKeys: [] }, ticket, before)).toBe("FORGED");
});

test("no letter of it can be changed, left out or added", () => {
  for (let at = 0; at < ticket.length; at++) {
    for (const letter of ["0", "A", "-", ".", ""]) {
      const changed = ticket.slice(0, at) + letter + ticket.slice(at + 1);
      if (changed !== ticket) expect([changed, readExportTicket(config, changed, before)]).toEqual([changed, "FORGED"]);
    }
  }
  for (const made of ["", ".", `${ticket}A`, ` ${ticket}`, `${ticket}\n`, "a".repeat(9_000)]) {
    expect(readExportTicket(config, made, before)).toBe("FORGED");
  }
});

test("what was signed for another purpose is no ticket", () => {
  const [job, seconds] = ticket.split(".");
  const url = toHandBackUrl(config, `shopapp://${job}.${seconds}`);
  const signature = url.split(".").at(-1);
  expect(readExportTicket(config, `${job}.${seconds}.${signature}`, before)).toBe("FORGED");
});
