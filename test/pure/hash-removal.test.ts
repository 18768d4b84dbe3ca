import { hashAddress, hashCustomer, hashPurchase, hashTrial } from "../../src/access/hash-removal";

const key = Buffer.alloc(32, 7);
const live = { account: "acct_1", mode: "LIVE" } as const;

test("every part of what is hashed, its kind and the key change the hash", () => {
  const hashes = [
    hashPurchase(key, live, "x"),
    hashPurchase(key, live, "y"),
    hashPurchase(key, { ...live, mode: "TEST" }, "x"),
    hashPurchase(key, { ...live, account: "acct_2" }, "x"),
    hashPurchase(Buffer.alloc(32, 8), live, "x"),
    hashCustomer(key, live, "x"),
    hashCustomer(key, { ...live, mode: "TEST" }, "x"),
    hashAddress(key, "x"),
    hashTrial(key, live, "x", "y"),
    hashTrial(key, live, "y", "x"),
    hashTrial(key, live, "xy", ""),
  ].map((hash) => hash.toString("hex"));
  expect(new Set(hashes).size).toBe(hashes.length);
});

test("the hash of the same thing is the same for good, and does not contain it", () => {
  const hash = hashAddress(key, "ada@shop.example");
  expect(hash).toEqual(hashAddress(Buffer.from(key), "ada@shop.example"));
  expect(hash.toString("hex")).toBe("8185fb7487c4eedf702cd6a38d16048b4480686a69a5779ab6430b270eb5b13f");
});
