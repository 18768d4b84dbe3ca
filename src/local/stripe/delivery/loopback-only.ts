import { lookup } from "node:dns";
import { type LookupFunction, isIP } from "node:net";
import { isLoopbackAddress } from "../../../base/local-caller";

const REFUSED = "the simulated Stripe sends webhooks to this machine only";

/** Whether an address names an IP address elsewhere, which is connected to without being looked up. */
export function namesAddressElsewhere({ hostname }: URL): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  return isIP(address) !== 0 && !isLoopbackAddress(address);
}

/** Resolves the name of an endpoint at the moment of connecting, and fails unless all of it leads to this machine. */
export const lookUpLoopback: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const [first] = addresses;
    if (!first || !addresses.every(({ address }) => isLoopbackAddress(address))) return callback(elsewhere(), []);
    if (options.all) return callback(null, addresses);
    return callback(null, first.address, first.family);
  });
};

export function elsewhere(): Error {
  return new Error(REFUSED);
}
