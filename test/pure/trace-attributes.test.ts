import { EXPORTS_PATH } from "../../src/exports/export-url";
import { HAND_BACK_PATH } from "../../src/links/hand-back-url";
import { tellableAttributes } from "../../src/app/trace-attributes";

test("an address that opens something leaves this machine without its ticket", () => {
  const told = (path: string) => tellableAttributes({ "url.path": path })["url.path"];
  expect(told(`${EXPORTS_PATH}/job_1.1772367300.c2lnbmF0dXJl`)).toBe("/exports/:ticket");
  expect(told(`${HAND_BACK_PATH}/c2hvcA.c2lnbmF0dXJl`)).toBe("/return/:ticket");
  expect(told("/imports/users/job_1")).toBe("/imports/users/job_1");
  expect(tellableAttributes({ "url.query": "a=b", "http.target": "/exports/x", "http.route": "/x" })).toEqual({});
});
