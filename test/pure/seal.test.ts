import fc from "fast-check";
import { reseal, seal, unseal } from "../../src/base/seal";
import { sealingKey } from "../../src/base/sealing-key";

const place = "signing_keys/1/private";
const [key, old] = [
  sealingKey("a secret of thirty-two letters or more"),
  sealingKey("the secret before that, as long"),
];

test("a secret is sealed, and opens with its key in its own row", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string(), (secret, row) => {
      const sealed = seal(key, row, secret);
      expect(unseal([key], row, sealed)).toBe(secret);
    }),
  );
});

test("the same secret is never sealed twice alike", () => {
  expect(seal(key, place, "secret")).not.toBe(seal(key, place, "secret"));
});

test("what an earlier key sealed opens as long as that key is still given", () => {
  const sealed = seal(old, place, "secret");
  expect(unseal([key, old], place, sealed)).toBe("secret");
  expect(() => unseal([key], place, sealed)).toThrow("a key that this server does not have");
});

test("in another row it does not open", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      fc.pre(one !== other);
      expect(() => unseal([key], other, seal(key, one, "secret"))).toThrow("does not open");
    }),
  );
});

test("with another key under the same name it does not open", () => {
  expect(() => unseal([{ ...old, id: key.id }], place, seal(key, place, "secret"))).toThrow("does not open");
});

test("a changed byte, wherever it is, does not open", () => {
  const sealed = seal(key, place, "a secret");
  const parts = sealed.split(".");
  for (const part of [2, 3]) {
    const bytes = Buffer.from(parts[part] ?? "", "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const text = parts.map((each, index) => (index === part ? changed.toString("base64url") : each)).join(".");
      expect(() => unseal([key], place, text)).toThrow("does not open");
    }
  }
});

test.each(["", "v1", "v1.x", "v3.a.b.c", "v1..."])("malformed text does not open: %j", (text) => {
  expect(() => unseal([key], place, text)).toThrow("malformed");
});

test("a shortened text does not open", () => {
  const sealed = seal(key, place, "a secret");
  for (let length = 0; length < sealed.length; length++) {
    expect(() => unseal([key], place, sealed.slice(0, length))).toThrow(/malformed|does not open|does not have/);
  }
});

test("a shortened proof is no proof, although the cipher itself would take it", () => {
  const [version, id, nonce, body = ""] = seal(key, place, "").split(".");
  const shortened = Buffer.from(body, "base64url").subarray(0, 4).toString("base64url");
  expect(() => unseal([key], place, [version, id, nonce, shortened].join("."))).toThrow("does not open");
});

// Sealed by version 1, under the secret of `key`.
const OLDER = "v1.21ae52ea.BwcHBwcHBwcHBwcH.vIx8sxTIhL5DfCp8CJUARuysEWYf9juONqamPj-IYcQ";

test("what version 1 sealed opens with the same secret, and is sealed anew with the key as it is derived now", () => {
  expect(unseal([old, key], place, OLDER)).toBe("the private half");
  expect(() => unseal([old], place, OLDER)).toThrow("a key that this server does not have");
  expect(() => unseal([key], "another row", OLDER)).toThrow("does not open");
  const resealed = reseal([key], place, OLDER);
  expect(resealed).toMatch(new RegExp(`^v2\\.${key.id}\\.`));
  expect(unseal([key], place, resealed ?? "")).toBe("the private half");
  expect(reseal([key], place, resealed ?? "")).toBeNull();
  expect(reseal([old, key], place, resealed ?? "")).toMatch(new RegExp(`^v2\\.${old.id}\\.`));
});

test("sealing, signing and the name come from one secret and tell nothing of one another", () => {
  const texts = [key.bytes, key.signing, key.older.bytes].map((bytes) => bytes.toString("hex"));
  expect(new Set(texts).size).toBe(3);
  expect(key.bytes).toHaveLength(32);
  expect(texts.some((text) => text.includes(key.id))).toBe(false);
  expect(sealingKey("a secret of thirty-two letters or more")).toBe(key);
});
