import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { SignJWT, generateKeyPair } from "jose";
import { type IdKind, idPrefixes, newUuid, toPublicId } from "../../src/base/ids";

/** A request that should be refused. Without a body it is a GET, without an authorization it is an administrator's. */
export interface Hostile {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  /** Some are understood and answered without an error; they only must not do anything. */
  harmless?: true;
}

/** What the shop that is attacked can be told by its enemies. */
export interface Target {
  publicUrl: string;
  ada: string;
  userToken: string;
  entitlementToken: string;
  expiredToken: string;
  revokedKey: string;
  expiredKey: string;
  /** The public half of the signing key, as anybody may have it. */
  publicJwk: Record<string, unknown>;
  cursorOfUsers: string;
}

export type Kind = (random: Random, target: Target) => Hostile | Promise<Hostile>;

/** The same numbers for the same seed. */
export class Random {
  constructor(private state: number) {}

  /** From zero to below the limit. */
  below(limit: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  text(length: number): string {
    return Array.from({ length }, () => this.of([..."abcdefghijklmnopqrstuvwxyz0123456789"])).join("");
  }
}

const json = { "content-type": "application/json" };
const post = (value: unknown, headers: Record<string, string> = {}): Hostile => ({
  body: typeof value === "string" || Buffer.isBuffer(value) ? value : JSON.stringify(value),
  headers: { ...json, ...headers },
});
const ask = (query: string, variables?: unknown): Hostile =>
  post({ query, ...(variables === undefined ? {} : { variables }) });
const bearer = (credential: string | string[], query = "{ viewer { role } }"): Hostile => ({
  ...ask(query),
  headers: { ...json, authorization: Array.isArray(credential) ? credential : `Bearer ${credential}` },
});
const get = (search: string, headers: Record<string, string> = {}): Hostile => ({ path: `/graphql${search}`, headers });
const repeat = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join(" ");
const forgedCursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const create = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";
const grant = "mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }";

const listFields = ["users", "products", "activities"];
/** Every text that a query or mutation takes, as a document with `$text`. */
const texts = [
  "query ($text: ID!) { user(id: $text) { id } }",
  "query ($text: String!) { userByEmail(email: $text) { id } }",
  "query ($text: String!) { product(key: $text) { id } }",
  "query ($text: String!) { resource(key: $text) { id } }",
  "query ($text: String!) { access(product: $text) { allowed } }",
  'query ($text: ID!) { access(product: "course", user: $text) { allowed } }',
  "query ($text: String!) { accessMany(products: [$text]) { allowed } }",
  "query ($text: String!) { resourceAccess(resource: $text) { allowed } }",
  'query ($text: ID!) { explainAccess(product: "course", user: $text) { steps { check } } }',
  "query ($text: ID!) { entitlementToken(user: $text) { token } }",
  "query ($text: String) { users(filter: { search: $text }) { totalCount } }",
  "query ($text: String) { users(filter: { hasAccessTo: $text }) { totalCount } }",
  "query ($text: String) { users(filter: { lacksAccessTo: $text }) { totalCount } }",
  "query ($text: String) { products(filter: { search: $text }) { totalCount } }",
  "query ($text: String) { products(filter: { tag: $text }) { totalCount } }",
  "query ($text: ID) { activities(filter: { user: $text }) { totalCount } }",
  "query ($text: String) { activities(filter: { product: $text }) { totalCount } }",
];
const writes = [
  'mutation ($text: String) { createUser(input: { externalId: $text, email: "broken" }) { id } }',
  'mutation ($text: ID!) { updateUser(input: { user: $text, name: "x" }) { id } }',
  "mutation ($text: ID!) { deleteUser(user: $text) }",
  "mutation ($text: ID!) { createUserToken(user: $text) { token } }",
  'mutation ($text: String!) { createProduct(input: { key: $text, name: "" }) { id } }',
  'mutation ($text: String!) { updateProduct(input: { product: $text, name: "x" }) { id } }',
  'mutation ($text: String!) { setResource(input: { key: "post:9", products: [$text] }) { id } }',
  'mutation ($text: String!) { setResourceTag(input: { tag: "gold", products: [$text] }) }',
  'mutation ($text: ID!) { grantAccess(input: { user: $text, product: "course", note: "x" }) { id } }',
  'mutation ($text: String!) { grantAccess(input: { user: "ada", product: $text, note: "x" }) { id } }',
  'mutation ($text: ID!) { revokeAccess(input: { grant: $text, note: "x" }) { id } }',
  'mutation ($text: ID!) { revokeAccess(input: { user: $text, product: "course", note: "x" }) { id } }',
  'mutation ($text: String!) { recordActivity(input: { type: "seen", product: $text }) { id } }',
  "mutation ($text: ID!) { revokeApiKey(id: $text) { id } }",
];
/** Where a text would be kept as it is. */
const keeps = [
  "mutation ($text: String) { createUser(input: { externalId: $text }) { id } }",
  "mutation ($text: String) { createUser(input: { name: $text }) { id } }",
  "mutation ($text: String) { createUser(input: { idempotencyKey: $text }) { id } }",
  'mutation ($text: String) { createProduct(input: { key: "new", name: "New", description: $text }) { id } }',
  "mutation ($text: String!) { setResource(input: { key: $text }) { id } }",
  'mutation ($text: String!) { setResourceTag(input: { tag: $text, products: ["course"] }) }',
  'mutation ($text: String!) { grantAccess(input: { user: "ada", product: "course", note: $text }) { id } }',
  'mutation ($text: String) { grantAccess(input: { user: "ada", product: "course", note: "x", externalRef: $text }) { id } }',
  'mutation ($text: String) { recordActivity(input: { type: "seen", message: $text }) { id } }',
  "mutation ($text: String!) { createApiKey(name: $text, role: READ) { secret } }",
];
const SQL = [
  "' or 1=1 --",
  "'; drop table users; --",
  "1) union select * from api_keys --",
  "%' or '%'='",
  "\\'; --",
  "$1",
];
const HTML = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "{{7*7}}",
  "${7*7}",
  "javascript:alert(1)",
];

async function token(
  target: Target,
  claims: { alg?: string; typ?: string; iss?: string; aud?: string; exp?: number },
): Promise<string> {
  const {
    alg = "ES256",
    typ = "latchkey-user+jwt",
    iss = target.publicUrl,
    aud = "latchkey",
    exp = 4_000_000_000,
  } = claims;
  const { privateKey } = await generateKeyPair(alg);
  const body = new SignJWT({ mode: "LIVE" }).setProtectedHeader({ alg, typ, kid: String(target.publicJwk["kid"]) });
  return body.setSubject(target.ada).setIssuer(iss).setAudience(aud).setExpirationTime(exp).sign(privateKey);
}

/** A token whose parts are written by hand; the signature is made of the given one, or of nothing. */
function handmade(header: object, payload: object, signature = ""): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(payload)}.${signature}`;
}

async function signedByPublicKey(target: Target): Promise<string> {
  const secret = Buffer.from(JSON.stringify(target.publicJwk));
  const header = { alg: "HS256", typ: "latchkey-user+jwt", kid: String(target.publicJwk["kid"]) };
  const body = new SignJWT({ mode: "LIVE" }).setProtectedHeader(header).setSubject(target.ada);
  return body.setIssuer(target.publicUrl).setAudience("latchkey").setExpirationTime(4_000_000_000).sign(secret);
}

const claims = ({ publicUrl, ada }: Target) => ({
  iss: publicUrl,
  aud: "latchkey",
  sub: ada,
  mode: "LIVE",
  exp: 4_000_000_000,
});

const bodies: Record<string, Kind> = {
  "broken JSON": (r) =>
    post(r.of(["{", "{]", '{"query": }', "query", "{'query': 1}", '{"query":"{ viewer { role } }"', "\0", "NaN"])),
  "truncated JSON": (r) => {
    const whole = JSON.stringify({ query: "{ viewer { role } }", variables: { a: "b" } });
    return post(whole.slice(0, 1 + r.below(whole.length - 1)));
  },
  "an empty body": () => post(""),
  "only spaces": (r) => post(" ".repeat(1 + r.below(1_000))),
  "a body that is no object": (r) => post(r.of(["null", "1", "true", '"text"', "-0.1e9"])),
  "an object without a query": (r) =>
    post(r.of([{}, { query: "" }, { query: null }, { doc: "{ me { id } }" }, { variables: {} }])),
  "a query that is no text": (r) => post({ query: r.of([1, true, {}, [], ["{ me { id } }"], { kind: "Document" }]) }),
  "a batch": (r) => post(Array.from({ length: r.below(20) }, () => ({ query: "{ viewer { role } }" }))),
  "a wrong content type": (r) => ({
    ...ask("{ viewer { role } }"),
    headers: {
      "content-type": r.of([
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/graphql",
        "text/html",
        "application/json5",
      ]),
    },
  }),
  "no content type": () => ({ ...ask("{ viewer { role } }"), headers: {} }),
  "a wrong charset": (r) => ({
    ...ask("{ viewer { role } }"),
    headers: { "content-type": `application/json; charset=${r.of(["utf-16", "latin1", "utf-7", "x", "cp1252"])}` },
  }),
  "UTF-16 with its mark": () => post(Buffer.from('\uFEFF{"query":"{ viewer { role } }"}', "utf16le")),
  "bytes that are no UTF-8": (r) =>
    post(
      Buffer.concat([
        Buffer.from('{"query":"{ viewer { role } } #'),
        Buffer.from([r.of([0xff, 0xc0, 0xfe, 0x80])]),
        Buffer.from('"}'),
      ]),
    ),
  "two marks at the beginning": () => post("\uFEFF\uFEFF{}"),
  "a huge body": (r) => post({ query: `{ viewer { role } } #${"x".repeat(150_000 + r.below(1_000_000))}` }),
  "a gzip bomb": (r) =>
    post(gzipSync(Buffer.alloc(20_000_000 + r.below(1_000_000), " ")), { "content-encoding": "gzip" }),
  "broken gzip": (r) => post(gzipSync("{}").subarray(0, 5 + r.below(10)), { "content-encoding": "gzip" }),
  "an unknown encoding": (r) => post("{}", { "content-encoding": r.of(["zstd", "compress", "gzip, gzip", "x"]) }),
  "deeply nested JSON": (r) => post(`{"query":"{ me { id } }","variables":${"[".repeat(20_000 + r.below(20_000))}`),
  "extensions that are none": (r) => post({ query: "{ viewer { role } }", extensions: r.of(["x", 1, []]) }),
  "variables that are none": (r) =>
    post({ query: "query ($a: Int) { products(first: $a) { totalCount } }", variables: r.of(["x", 1, [1]]) }),
};

const documents: Record<string, Kind> = {
  "a document that does not parse": (r) =>
    ask(
      r.of([
        "{",
        "}",
        "{ me",
        "query {",
        "{ me { id }",
        "?",
        "{ me(: 1) }",
        "{ a: }",
        '{ me { id } } """',
        "fragment",
        "{ me { ...} }",
        "\\u0000",
      ]),
    ),
  "an unknown field": (r) => ask(`{ ${r.text(8)} viewer { ${r.text(8)} } }`),
  "an unknown argument": (r) => ask(`{ viewer(${r.text(5)}: 1) { role } }`),
  "an unknown type": (r) => ask(`query ($a: ${r.text(6)}) { viewer { role } }`),
  "a field without its fields": () => ask("{ viewer }"),
  "fields of what has none": () => ask("{ viewer { role { name } } }"),
  "a missing argument": (r) =>
    ask(r.of(["{ access { allowed } }", "{ user { id } }", "{ node { id } }", "mutation { createUser { id } }"])),
  "deeply nested fields": (r) => {
    const levels = 20 + r.below(60);
    return ask(`{ product(key: "course") ${"{ includes ".repeat(levels)}{ key }${" }".repeat(levels)} }`);
  },
  "brackets without end": (r) => ask("{ a".repeat(1_000 + r.below(9_000))),
  "very many fields": (r) => ask(`{ viewer { ${repeat(5_000 + r.below(2_000), () => "role")} } }`),
  "very many aliases": (r) => ask(`{ ${repeat(101 + r.below(100), (i) => `a${i}: __typename`)} }`),
  "twenty thousand aliases": () => ({ ...ask(`{${repeat(20_000, (i) => `a${i}:me`)}}`) }),
  "a directive, again and again": (r) =>
    ask(`{ viewer { role ${"@include(if: true) ".repeat(500 + r.below(2_000))} } }`),
  "an unknown directive": (r) => ask(`{ viewer { role @${r.text(7)} } }`),
  "very many fragments": (r) =>
    ask(`{ viewer { ...f0 } } ${repeat(400 + r.below(200), (i) => `fragment f${i} on Viewer { role ...f${i + 1} }`)}`),
  "fragments that multiply": (r) => {
    const levels = 20 + r.below(10);
    const fragments = repeat(levels, (i) => `fragment f${i} on Product { includes { ...f${i + 1} ...f${i + 1} } }`);
    return ask(`{ product(key: "course") { ...f0 } } ${fragments} fragment f${levels} on Product { key }`);
  },
  "a circle of fragments": (r) =>
    ask(
      `{ viewer { ...f0 } } ${repeat(5, (i) => `fragment f${i} on Viewer { role ...f${(i + 1 + r.below(2)) % 5} }`)}`,
    ),
  "a fragment of itself": () => ask("{ viewer { ...f } } fragment f on Viewer { ...f }"),
  "a fragment that nobody wrote": (r) => ask(`{ viewer { ...${r.text(6)} } }`),
  "a costly page": () =>
    ask("{ users(first: 200) { nodes { products(first: 200) { nodes { access { allowed reason } } } } } }"),
  "pages in pages": (r) =>
    ask(
      `{ users(first: ${100 + r.below(100)}) { nodes { grants(first: 200) { nodes { user { grants(first: 200) { nodes { id } } } } } } } }`,
    ),
  "many root fields": () => ask(`{ ${repeat(90, (i) => `u${i}: users(first: 200) { nodes { id email name } }`)} }`),
  "a subscription": (r) => ask(r.of(["subscription { accessChanged { allowed } }", "subscription S { a }"])),
  "two operations and no name": () => ask("query A { viewer { role } } query B { viewer { mode } }"),
  "an operation of another name": (r) =>
    post({ query: "query A { viewer { role } }", operationName: r.of(["B", "__proto__", "constructor", "a"]) }),
  "two operations of one name": () => ask("query A { viewer { role } } query A { viewer { mode } }"),
  "type definitions": (r) =>
    ask(r.of(["type A { b: Int }", "scalar X", "{ viewer { role } } extend type User { x: Int }"])),
  "the schema, by who may not": (_, { userToken }) => bearer(userToken, "{ __schema { types { name } } }"),
  "an unknown member of an enum": (r) =>
    ask(`{ products(filter: { status: ${r.text(5).toUpperCase()}A }) { totalCount } }`),
  "one hash for another document": (r) =>
    post({
      query: "{ viewer { role } }",
      extensions: { persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(r.text(9)).digest("hex") } },
    }),
  "a hash that nobody sent": (r) =>
    post({
      extensions: { persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(r.text(9)).digest("hex") } },
    }),
  "a hash that is none": (r) =>
    post({ extensions: { persistedQuery: { version: r.of([1, 2, "x"]), sha256Hash: r.of(["x", "", 1, null, {}]) } } }),
};

const values: Record<string, Kind> = {
  "a variable of the wrong type": (r) =>
    ask("query ($n: Int) { users(first: $n) { totalCount } }", { n: r.of(["1", 1.5, true, {}, [], [1, 2], 1e300]) }),
  "a missing variable": () => ask("query ($id: ID!) { user(id: $id) { id } }"),
  "null for what is required": () => ask("query ($id: ID!) { user(id: $id) { id } }", { id: null }),
  "an unknown input field": (r) => ask(create, { input: { [r.text(6)]: 1 } }),
  "a prototype's key": (r) =>
    ask(create, JSON.parse(`{"input":{"${r.of(["__proto__", "constructor", "prototype", "toString"])}":{"a":1}}}`)),
  "a prototype's key as a variable": () => ({
    ...ask("query ($__proto__: Int) { viewer { role } }", JSON.parse('{"__proto__":{"x":1}}')),
    harmless: true,
  }),
  "NUL in a text": (r) => ask(r.of([...writes, ...keeps]), { text: `a\0${r.text(3)}` }),
  "NUL in a question": (r) => ({ ...ask(r.of(texts), { text: `a\0${r.text(3)}` }), harmless: true }),
  "half a character in a text": (r) =>
    ask(r.of([...texts, ...writes, ...keeps]), { text: `${r.text(2)}${r.of(["\ud800", "\udfff", "\udc00\ud800"])}` }),
  "half a character in a document": (r) => ask(`{ product(key: "${r.text(3)}\\ud800") { id } }`),
  "half a character in JSON": () => ask(create, { input: { metadata: { a: ["\ud800"] } } }),
  "NUL in JSON": () => ask(create, { input: { metadata: { "a\0b": 1 } } }),
  "a number out of range": (r) =>
    ask("query ($n: Int) { users(first: $n) { totalCount } }", {
      n: r.of([2_147_483_648, -2_147_483_649, 1e20, -1e308]),
    }),
  "a number out of range in the document": (r) =>
    ask(`{ users(first: ${r.of(["2147483648", "99999999999999999999", "-9999999999", "1e3"])}) { totalCount } }`),
  "a moment that is none": (r) =>
    ask(grant, {
      input: {
        user: "ada",
        product: "course",
        note: "x",
        endsAt: r.of([
          "0000-01-01T00:00:00Z",
          "2026-02-30T00:00:00Z",
          "2026-13-01T00:00:00Z",
          "+275760-09-13T00:00:00Z",
          "9999-12-31T23:59:59-10:00",
          "now",
          "infinity",
          "epoch",
          "",
          1,
          {},
          "2026-11-20T25:00:00Z",
        ]),
      },
    }),
  "an end before the beginning": () =>
    ask(grant, {
      input: {
        user: "ada",
        product: "course",
        note: "x",
        startsAt: "2026-03-02T00:00:00Z",
        endsAt: "0001-01-01T00:00:00Z",
      },
    }),
  "JSON that is too large": (r) => ask(create, { input: { metadata: { a: "x".repeat(16_400 + r.below(9_000)) } } }),
  "JSON that is too deep": (r) => {
    const depth = 21 + r.below(100);
    return ask(create, { input: { metadata: JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`) } });
  },
  "JSON that is no object": (r) => ask(create, { input: { metadata: r.of([[], "x", 1, true]) } }),
  "a malformed id": (r) =>
    ask(r.of(writes.filter((text) => !text.includes("create"))), {
      text: r.of([
        "usr_",
        "usr_!",
        "USR_00000000000000000000000000",
        "usr_zzzzzzzzzzzzzzzzzzzzzzzzzz",
        "usr_0 ",
        "../../etc/passwd",
        "",
        "null",
        "-1",
        "NaN",
      ]),
    }),
  "an id of another kind": (r) =>
    ask("mutation ($text: ID!) { deleteUser(user: $text) }", {
      text: toPublicId(r.of((Object.keys(idPrefixes) as IdKind[]).filter((kind) => kind !== "user")), newUuid()),
    }),
  "an id of nobody": (r) =>
    ask(r.of(writes.filter((text) => text.includes("ID!"))), { text: toPublicId("user", newUuid()) }),
  "another person's id, by a user token": (r, { userToken }) =>
    bearer(
      userToken,
      `{ user(id: "${toPublicId("user", newUuid())}") { id } access(product: "${r.text(3)}", user: "bob") { allowed } }`,
    ),
  "too many at once": (r) =>
    ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {
      ids: Array.from({ length: 201 + r.below(500) }, () => toPublicId("user", newUuid())),
    }),
  "too many products at once": (r) =>
    ask("query ($keys: [String!]!) { accessMany(products: $keys) { allowed } }", {
      keys: Array.from({ length: 201 + r.below(500) }, () => r.text(3)),
    }),
  "a cursor of another list": (r, { cursorOfUsers }) =>
    ask(`{ ${r.of(["products", "activities"])}(after: "${cursorOfUsers}") { totalCount } }`),
  "a forged cursor": (r) => {
    const [list, value] = [
      r.of(listFields),
      r.of([1, null, {}, "x", "now()", "'; drop table users; --", "2026-02-30 25:99:99+00", "x".repeat(5_000)]),
    ];
    return ask(`{ ${list}(${r.of(["after", "before"])}: "${forgedCursor([list, value, newUuid()])}") { totalCount } }`);
  },
  "a cursor that is none": (r) =>
    ask("query ($c: String) { users(after: $c) { totalCount } }", {
      c: r.of(["", "x", "W10=", "bnVsbA", "e30", r.text(20_000), "%00", "[]", "==="]),
    }),
  "a negative page": (r) =>
    ask(`{ ${r.of(listFields)}(${r.of(["first", "last"])}: -${1 + r.below(2 ** 31)}) { totalCount } }`),
  "a huge page": (r) =>
    ask(`{ ${r.of(listFields)}(${r.of(["first", "last"])}: ${201 + r.below(2 ** 31 - 202)}) { totalCount } }`),
  "both ends of a page": (r) => ask(`{ ${r.of(listFields)}(first: 1, last: ${r.below(9)}) { totalCount } }`),
  "SQL where something is named": (r) => ask(r.of(writes), { text: r.of(SQL) }),
  "SQL in a question": (r) => ({ ...ask(r.of(texts), { text: r.of(SQL) }), harmless: true }),
  "HTML where something is named": (r) => ask(r.of(writes), { text: r.of(HTML) }),
  "HTML in a question": (r) => ({ ...ask(r.of(texts), { text: r.of(HTML) }), harmless: true }),
  "a text without end": (r) => ask(r.of(keeps), { text: "x".repeat(20_000 + r.below(10_000)) }),
  "an address that is none": (r) =>
    ask(create, { input: { email: r.of(["@", "a@", "@b", "a b@c", "a@b\r\nBcc: x@y", "x".repeat(300), "a@@b"]) } }),
  "a page that is no web address": (r) =>
    ask('mutation ($u: String) { createProduct(input: { key: "new", name: "New", salesPageUrl: $u }) { id } }', {
      u: r.of([
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://169.254.169.254/",
        "https://a:b@c",
        "\\\\a",
        "//a",
      ]),
    }),
  "a bundle of itself": () =>
    ask('mutation { updateProduct(input: { product: "course", includes: ["course"] }) { id } }'),
  "a token that lives for ever": (r) =>
    ask('query ($t: Int) { entitlementToken(user: "ada", ttlSeconds: $t) { token } }', {
      t: r.of([0, -1, 86_401, 2_147_483_647]),
    }),
  "a key that nobody may have": (r) =>
    ask(`mutation { createApiKey(name: "x", role: ${r.of(["USER", "ANONYMOUS"])}) { secret } }`),
};

const credentials: Record<string, Kind> = {
  "an unknown key": (r) => bearer(`lk_${r.of(["test", "live"])}_${r.text(40)}`),
  "a shortened key": (r, { revokedKey }) => bearer(revokedKey.slice(0, 3 + r.below(40))),
  "a revoked key": (_, { revokedKey }) => bearer(revokedKey),
  "an expired key": (_, { expiredKey }) => bearer(expiredKey),
  "a key in capitals": (_, { revokedKey }) => bearer(revokedKey.toUpperCase()),
  "another scheme": (r, { revokedKey }) =>
    bearer([`${r.of(["Basic", "Digest", "Token", "", "bearer:"])} ${revokedKey}`]),
  "no credential but spaces": (r) => bearer([r.of(["Bearer", "Bearer ", " ", "Bearer   ", "Bearer a b"])]),
  "two credentials, the first one wrong": (r, { userToken }) =>
    bearer([`Bearer lk_test_${r.text(40)}`, `Bearer ${userToken}`]),
  "a credential without end": (r) => bearer(r.text(8_200 + r.below(2_000))),
  "a key in the address": (r, { userToken }) => ({
    ...get(`?query={viewer{role}}&${r.of(["key", "token", "access_token", "authorization"])}=${userToken}`),
    headers: { authorization: [] },
  }),
  "a key in a cookie": (_, { userToken }) => ({
    ...ask("{ viewer { role } }"),
    headers: { ...json, authorization: [], cookie: `authorization=Bearer ${userToken}` },
  }),
  "a token of alg none": (r, target) =>
    bearer(handmade({ alg: r.of(["none", "None", "NONE", ""]), typ: "latchkey-user+jwt" }, claims(target))),
  "a token signed with our public key as a secret": async (_, target) => bearer(await signedByPublicKey(target)),
  "a token signed with another key": async (_, target) => bearer(await token(target, {})),
  "a token of another algorithm": async (r, target) => bearer(await token(target, { alg: r.of(["ES384", "EdDSA"]) })),
  "a token for another audience": async (_, target) => bearer(await token(target, { aud: "latchkey:entitlements" })),
  "a token of another issuer": async (r, target) =>
    bearer(await token(target, { iss: `https://${r.text(6)}.example`, typ: r.of(["JWT", "latchkey-user+jwt"]) })),
  "a token of another type": async (r, target) =>
    bearer(await token(target, { typ: r.of(["JWT", "at+jwt", "latchkey-entitlement+jwt"]) })),
  "a token with other claims under its signature": (_, target) => {
    const [header = "", , signature = ""] = target.userToken.split(".");
    const payload = Buffer.from(JSON.stringify({ ...claims(target), sub: toPublicId("user", newUuid()) })).toString(
      "base64url",
    );
    return bearer(`${header}.${payload}.${signature}`);
  },
  "a token with a changed letter": (r, { userToken }) => {
    const [header = "", payload = "", signature = ""] = userToken.split(".");
    const at = r.below(signature.length - 2);
    const letter = signature[at] === "A" ? "B" : "A";
    return bearer(`${header}.${payload}.${signature.slice(0, at)}${letter}${signature.slice(at + 1)}`);
  },
  "a token that expired": (_, { expiredToken }) => bearer(expiredToken),
  "an entitlement token as a credential": (_, { entitlementToken }) => bearer(entitlementToken),
  "a token that brings its own key": (r, target) =>
    bearer(
      handmade(
        {
          alg: "ES256",
          typ: "latchkey-user+jwt",
          [r.of(["jwk", "jku", "x5u"])]: r.of(["http://127.0.0.1:1/", { kty: "oct", k: "x" }]),
        },
        claims(target),
        "x",
      ),
    ),
  "a token whose header is none": (r) =>
    bearer(
      r.of([
        "a.b.c",
        "..",
        "e30.e30.",
        "bnVsbA.bnVsbA.x",
        "W10.W10.x",
        "eyJhbGciOiJFUzI1NiJ9..x",
        "a.b.c.d.e",
        `${"x".repeat(500)}.y.z`,
      ]),
    ),
  "a token that names a strange key": (r, target) =>
    bearer(
      handmade(
        { alg: "ES256", typ: "latchkey-user+jwt", kid: r.of(["../../etc/passwd", "' or 1=1 --", 1, null, {}]) },
        claims(target),
        "x",
      ),
    ),
};

const ways: Record<string, Kind> = {
  "a mutation by GET": () =>
    get(`?query=${encodeURIComponent('mutation { createUser(input: { externalId: "x" }) { id } }')}`),
  "GET without a query": (r) => get(r.of(["", "?", "?query=", "?q=1", "?variables={}", "?query"])),
  "GET with broken variables": (r) => get(`?query={viewer{role}}&variables=${r.of(["{", "x", "[", "%00"])}`),
  "GET from a foreign page": () => ({
    ...get("?query={viewer{role}}", { origin: "https://evil.example" }),
    headers: { origin: "https://evil.example", authorization: [] },
  }),
  "GET of a page for people": () => ({ ...get("?query=x"), headers: { accept: "text/html" } }),
  "another method": (r) => ({
    ...ask("{ viewer { role } }"),
    method: r.of(["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "MKCOL"]),
  }),
  "an unknown path": (r) => ({
    path: r.of([
      "/",
      "/admin",
      "/graphql/",
      "/graphiql",
      "/.env",
      "/../etc/passwd",
      "/graphql/%2e%2e",
      "/%00",
      "/__proto__",
      "/constructor",
      `/${r.text(20)}`,
      "//",
      "/graphql%20",
      "/stripe/webhook/x",
    ]),
  }),
  "a path without end": (r) => ({ path: `/${"x".repeat(5_000 + r.below(5_000))}` }),
  "an address without end": (r) => get(`?query=${"x".repeat(20_000 + r.below(10_000))}`),
  "very many headers": (r) => ({
    ...ask("{ viewer { role } }"),
    headers: {
      ...json,
      ...Object.fromEntries(Array.from({ length: 1_000 + r.below(200) }, (_, i) => [`x-${i}`, r.text(12)])),
    },
  }),
  "a header without end": (r) => ({ ...ask("{ viewer { role } }"), headers: { ...json, "x-long": r.text(20_000) } }),
  "another host's name": (r) => ({
    ...ask(`{ ${r.text(4)} }`),
    headers: { ...json, host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-for": "127.0.0.1" },
  }),
  "an id of a request with line breaks": (r) => ({
    ...ask(`{ ${r.text(4)} }`),
    headers: { ...json, "x-request-id": `${r.text(5)}%0d%0aSet-Cookie: a=b<script>` },
  }),
};

/** So many ways to ask wrongly, by name. */
export const kinds: Readonly<Record<string, Kind>> = { ...bodies, ...documents, ...values, ...credentials, ...ways };
