import fc from "fast-check";
import { Failure } from "../../src/base/refusal";
import { toPublicId } from "../../src/base/ids";
import { readPageRequest } from "../../src/graphql/read-page-request";
import { writeCursor } from "../../src/graphql/cursor";
import { type ProductFields, readProductFields } from "../../src/products/read-product-input";
import { readProductRef } from "../../src/products/read-product-ref";
import { readResourceInput, readResourceTagInput } from "../../src/resources/read-resource-input";
import { emailKeyOf } from "../../src/users/email-key";
import { type UserFields, readUserFields } from "../../src/users/read-user-input";
import { readUserRef } from "../../src/users/read-user-ref";

function told(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof Failure) return `${error.code} ${error.field}`;
    throw error;
  }
  return "taken";
}

const uuid = "0190f0a0-0000-7000-8000-000000000000";
const [userId, productId] = [toPublicId("user", uuid), toPublicId("product", uuid)];

describe("what is said of a user", () => {
  const rows: [UserFields, string][] = [
    [{}, "taken"],
    [{ externalId: null, email: null, name: null, metadata: null, emailVerified: null }, "taken"],
    [{ externalId: "42" }, "taken"],
    [{ externalId: "" }, "INVALID_INPUT input.externalId"],
    [{ externalId: " 42" }, "INVALID_INPUT input.externalId"],
    [{ externalId: "x".repeat(256) }, "INVALID_INPUT input.externalId"],
    [{ externalId: userId }, "INVALID_INPUT input.externalId"],
    [{ externalId: productId }, "INVALID_INPUT input.externalId"],
    [{ email: " Ada@Example.com " }, "taken"],
    [{ email: "a@b" }, "taken"],
    [{ email: "ada" }, "EMAIL_INVALID input.email"],
    [{ email: "a@b@c" }, "EMAIL_INVALID input.email"],
    [{ email: "a b@c" }, "EMAIL_INVALID input.email"],
    [{ email: "a@b\r\nBcc: c@d" }, "EMAIL_INVALID input.email"],
    [{ email: "" }, "EMAIL_INVALID input.email"],
    [{ email: `${"x".repeat(65)}@example.com` }, "EMAIL_INVALID input.email"],
    [{ email: `a@${"x".repeat(253)}` }, "EMAIL_INVALID input.email"],
    [{ name: "x".repeat(501) }, "INVALID_INPUT input.name"],
  ];
  test.each(rows)("%j", (fields, expected) => {
    expect(told(() => readUserFields(fields))).toBe(expected);
  });

  test("what was left out stays left out, and what was cleared is null", () => {
    expect(readUserFields({ name: null })).toEqual({ name: null });
  });

  test("addresses are compared without case, however they were written", () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        expect(emailKeyOf(` ${email.toUpperCase()}`)).toBe(emailKeyOf(email.toLowerCase()));
        expect(emailKeyOf(emailKeyOf(email))).toBe(emailKeyOf(email));
      }),
    );
  });
});

describe("what is said of a product", () => {
  const rows: [ProductFields | Record<string, unknown>, string][] = [
    [{}, "taken"],
    [{ key: "course.2026:a/b-c_d" }, "taken"],
    [{ key: "-course" }, "INVALID_INPUT input.key"],
    [{ key: "a b" }, "INVALID_INPUT input.key"],
    [{ key: "kürs" }, "INVALID_INPUT input.key"],
    [{ key: "" }, "INVALID_INPUT input.key"],
    [{ key: "a\n" }, "INVALID_INPUT input.key"],
    [{ key: "x".repeat(101) }, "INVALID_INPUT input.key"],
    [{ key: productId }, "INVALID_INPUT input.key"],
    [{ key: null }, "INVALID_INPUT input.key"],
    [{ name: "" }, "INVALID_INPUT input.name"],
    [{ name: null }, "INVALID_INPUT input.name"],
    [{ status: null }, "INVALID_INPUT input.status"],
    [{ status: "SOLD" }, "INVALID_INPUT input.status"],
    [{ imageUrl: "https://img.example/a.png" }, "taken"],
    [{ imageUrl: "http://localhost:3000/a.png" }, "taken"],
    [{ imageUrl: "http://img.example/a.png" }, "URL_NOT_ALLOWED input.imageUrl"],
    [{ salesPageUrl: "javascript:alert(1)" }, "URL_NOT_ALLOWED input.salesPageUrl"],
    [{ salesPageUrl: "data:text/html,x" }, "URL_NOT_ALLOWED input.salesPageUrl"],
    [{ externalUrl: "https://a:b@shop.example" }, "URL_NOT_ALLOWED input.externalUrl"],
    [{ externalUrl: "https://shop.example\\@evil.example" }, "URL_NOT_ALLOWED input.externalUrl"],
    [{ externalUrl: " https://shop.example" }, "URL_NOT_ALLOWED input.externalUrl"],
    [{ externalUrl: "//shop.example" }, "URL_NOT_ALLOWED input.externalUrl"],
    [{ tags: ["a", "b"] }, "taken"],
    [{ tags: [""] }, "INVALID_INPUT input.tags.0"],
    [{ tags: Array.from({ length: 51 }, (_, index) => `${index}`) }, "INVALID_INPUT input.tags"],
    [{ includes: Array.from({ length: 201 }, (_, index) => `${index}`) }, "INVALID_INPUT input.includes"],
    [{ description: "x".repeat(10_001) }, "INVALID_INPUT input.description"],
  ];
  test.each(rows)("%j", (fields, expected) => {
    expect(told(() => readProductFields(fields as ProductFields))).toBe(expected);
  });
});

test.each([
  [{ key: "post:42" }, "taken"],
  [{ key: "" }, "INVALID_INPUT input.key"],
  [{ key: " a" }, "INVALID_INPUT input.key"],
  [{ key: productId }, "INVALID_INPUT input.key"],
  [{ key: "x".repeat(256) }, "INVALID_INPUT input.key"],
  [{ key: "a", tags: [" "] }, "INVALID_INPUT input.tags.0"],
  [{ key: "a", products: Array.from({ length: 201 }, () => "p") }, "INVALID_INPUT input.products"],
])("what is said of a resource: %j", (input, expected) => {
  expect(told(() => readResourceInput(input))).toBe(expected);
});

test("what is said of a tag has a tag", () => {
  expect(told(() => readResourceTagInput({ tag: "gold", products: [] }))).toBe("taken");
  expect(told(() => readResourceTagInput({ tag: "", products: [] }))).toBe("INVALID_INPUT input.tag");
});

describe("what a caller calls a user or a product", () => {
  test("is our id if it reads like one of that kind, and theirs otherwise", () => {
    expect(readUserRef(userId)).toEqual({ id: uuid, externalId: null });
    expect(readUserRef(productId)).toEqual({ id: null, externalId: productId });
    expect(readProductRef(productId)).toEqual({ id: uuid, key: null });
    expect(readProductRef("course")).toEqual({ id: null, key: "course" });
  });

  test("is one or the other, whatever it is", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readUserRef(text)).toEqual({ id: null, externalId: text });
        expect(readProductRef(text)).toEqual({ id: null, key: text });
      }),
    );
  });
});

describe("which page is asked for", () => {
  const order = { list: "things", columns: [{ sql: "t.id", type: "uuid" as const }], newestFirst: true };
  const cursor = writeCursor(order, [uuid]);
  const read = (args: Parameters<typeof readPageRequest>[0]) => readPageRequest(args, order);

  test("fifty from the beginning, if nothing is said", () => {
    expect(read({})).toEqual({ limit: 50, backward: false, after: null, before: null });
    expect(read({ first: null, last: null, after: null, before: null })).toEqual(read({}));
  });

  test("from the end, between two cursors", () => {
    expect(read({ last: 3, after: cursor, before: cursor })).toEqual({
      limit: 3,
      backward: true,
      after: [uuid],
      before: [uuid],
    });
  });

  test.each([
    [{ first: 0 }, "taken"],
    [{ first: 200 }, "taken"],
    [{ first: 201 }, "LIMIT_EXCEEDED first"],
    [{ last: 2_147_483_647 }, "LIMIT_EXCEEDED last"],
    [{ first: -1 }, "INVALID_INPUT first"],
    [{ last: -1 }, "INVALID_INPUT last"],
    [{ first: 1, last: 1 }, "INVALID_INPUT last"],
    [{ after: "" }, "INVALID_INPUT after"],
    [{ before: "x" }, "INVALID_INPUT before"],
  ])("%j", (args, expected) => {
    expect(told(() => read(args))).toBe(expected);
  });
});
