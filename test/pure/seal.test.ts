import fc from "fast-check";
import { seal, sealingKey, unseal } from "../../src/base/seal";

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

test.each(["", "v1", "v1.x", "v2.a.b.c", "v1..."])("malformed text does not open: %j", (text) => {
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
