import { type Field, text } from "./params";
import { invalid } from "./refuse";

const address = text(5000);

/** An address that a browser is sent to: http or https, nothing that only an app understands. */
export const webAddress: Field<string, false> = {
  required: false,
  read: (value, param) => {
    const given = address.read(value, param);
    if (isWebAddress(given)) return given;
    throw invalid("Not a valid URL", { param, code: "url_invalid" });
  },
};

// `{CHECKOUT_SESSION_ID}` and the like are looked at without their braces, and kept with them.
function isWebAddress(given: string): boolean {
  const plain = given.replace(/[{}]/g, "");
  if (!/^https?:\/\/[^\s\\]+$/i.test(plain) || !URL.canParse(plain)) return false;
  const { hostname, username } = new URL(plain);
  return hostname !== "" && username === "";
}
