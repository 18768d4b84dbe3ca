import fc from "fast-check";
import type { Config } from "../../src/config/config";
import type { Environment, Purpose } from "../../src/config/environment";
import { readConfig } from "../../src/config/read-config";
import { settingNames, settingOf, settings } from "../../src/config/settings";

const local: Purpose = { localMode: true };
const served: Purpose = { localMode: false };

const complete: Environment = {
  DATABASE_URL: "postgres://latchkey:hunter2@db.internal:5432/latchkey",
  LATCHKEY_ENCRYPTION_KEY: "q8Zt1vYk3Lw0PsXc5Rb7Nm2Hd9Jf4Ga6",
};

function configOf(env: Environment, purpose: Purpose = local): Config {
  const reading = readConfig(env, purpose);
  if (!reading.ok) throw new Error(JSON.stringify(reading.mistakes));
  return reading.config;
}

function mistakesOf(env: Environment, purpose: Purpose = local): string[] {
  const reading = readConfig(env, purpose);
  return reading.ok ? [] : reading.mistakes.map(({ setting, problem }) => `${setting}: ${problem}`);
}

describe("defaults", () => {
  test("local mode needs no setting at all", () => {
    expect(configOf({})).toMatchObject({
      localMode: true,
      host: "127.0.0.1",
      port: 4000,
      publicUrl: "http://127.0.0.1:4000",
      dataDir: ".latchkey",
      logLevel: "warn",
      database: { url: null, ownerUrl: null, listenUrl: null, pooler: "none", connectionsMax: 10 },
      sealingKeys: [],
      identityProvider: null,
      limits: { bodyBytesMax: 100_000, depthMax: 12, aliasesMax: 100, costMax: 25_000, requestMsMax: 15_000 },
    });
  });

  test("a server listens on every address and logs more", () => {
    expect(configOf(complete, served)).toMatchObject({ host: "0.0.0.0", logLevel: "info", localMode: false });
  });

  test("an empty value and one of spaces are the same as none", () => {
    expect(configOf({ PORT: "", HOST: "  ", LATCHKEY_ALLOWED_URLS: "" })).toEqual(configOf({}));
  });

  test("the line end of a mounted secret is not part of it", () => {
    const key = complete["LATCHKEY_ENCRYPTION_KEY"];
    expect(configOf({ ...complete, LATCHKEY_ENCRYPTION_KEY: `${key}\n` }, served)).toEqual(configOf(complete, served));
  });

  test("every default in the table is one that the reader accepts", () => {
    const defaults = settingNames.map((name) => [name, settingOf(name).default ?? undefined]);
    expect(configOf(Object.fromEntries(defaults) as Environment)).toEqual(configOf({}));
  });
});

describe("what a server must have", () => {
  test.each(["DATABASE_URL", "LATCHKEY_ENCRYPTION_KEY"])("without %s it does not start", (name) => {
    const [mistake, ...others] = mistakesOf({ ...complete, [name]: "" }, served);
    expect(mistake).toMatch(new RegExp(`^${name}: It is required outside local mode`));
    expect(others).toEqual([]);
  });

  test("the table marks exactly these as required", () => {
    expect(settingNames.filter((name) => settingOf(name).required)).toEqual([
      "DATABASE_URL",
      "LATCHKEY_ENCRYPTION_KEY",
    ]);
  });

  test("a command that only looks after the database needs no other secret", () => {
    const { DATABASE_URL } = complete;
    expect(mistakesOf({ DATABASE_URL }, { localMode: false, databaseOnly: true })).toEqual([]);
    expect(mistakesOf({}, { localMode: false, databaseOnly: true })).toHaveLength(1);
  });
});

test("all mistakes are told at once, each with its setting", () => {
  const names = mistakesOf(
    {
      PORT: "80x",
      HOST: "http://here",
      DATABASE_URL: "mysql://root@db",
      LATCHKEY_BOOTSTRAP_KEY: "lk_live_short",
      LATCHKEY_PUBLIC_URL: "http://shop.example",
      LATCHKEY_ALLOWED_URLS: "javascript:alert(1)",
      LATCHKEY_DEPTH_MAX: "0",
      LATCHKEY_JWT_AUDIENCE: "shop",
      LOG_LEVEL: "loud",
      STRIPE_SECRET_KEY: "pk_test_123456",
    },
    served,
  ).map((mistake) => mistake.split(":")[0]);
  expect(names.sort()).toEqual([
    "DATABASE_URL",
    "HOST",
    "LATCHKEY_ALLOWED_URLS",
    "LATCHKEY_BOOTSTRAP_KEY",
    "LATCHKEY_DEPTH_MAX",
    "LATCHKEY_ENCRYPTION_KEY",
    "LATCHKEY_JWT_ISSUER",
    "LATCHKEY_JWT_JWKS_URL",
    "LATCHKEY_PUBLIC_URL",
    "LOG_LEVEL",
    "PORT",
    "STRIPE_SECRET_KEY",
  ]);
});

test("local mode listens beyond this machine only when that is said", () => {
  for (const HOST of ["0.0.0.0", "::", "192.168.1.2", "2001:db8::1", "latchkey.lan", "localhost.evil.example"]) {
    expect(mistakesOf({ HOST })).toEqual([expect.stringMatching(/^HOST: .*LATCHKEY_LOCAL_MODE_ANY_HOST=true/)]);
    expect(mistakesOf({ HOST, LATCHKEY_LOCAL_MODE_ANY_HOST: "false" })).toHaveLength(1);
    expect(configOf({ HOST, LATCHKEY_LOCAL_MODE_ANY_HOST: "true" }).host).toBe(HOST);
  }
  for (const HOST of ["127.0.0.1", "127.0.0.2", "::1", "localhost"]) expect(configOf({ HOST }).host).toBe(HOST);
  expect(configOf({ ...complete, HOST: "0.0.0.0" }, served).host).toBe("0.0.0.0");
  expect(mistakesOf({ LATCHKEY_LOCAL_MODE_ANY_HOST: "yes" })).toHaveLength(1);
});

test("local mode uses a database that it did not create only when LATCHKEY_LOCAL_DATABASE_URL names it", () => {
  const [theirs, named] = ["postgres://shop:hunter2@db.internal/shop", "postgres://latchkey:hunter2@127.0.0.1/dev"];
  const exported = { DATABASE_URL: theirs, LATCHKEY_DATABASE_OWNER_URL: theirs, LATCHKEY_DATABASE_LISTEN_URL: theirs };
  const unused = readConfig(exported, local);
  expect(unused.ok && unused.config.database).toMatchObject({ url: null, ownerUrl: null, listenUrl: null });
  expect(unused.ok && unused.notes).toEqual([
    expect.stringMatching(
      /^DATABASE_URL, LATCHKEY_DATABASE_OWNER_URL, LATCHKEY_DATABASE_LISTEN_URL .*LATCHKEY_LOCAL_DATABASE_URL/,
    ),
  ]);
  expect(configOf({ DATABASE_URL: "mysql://root@db" })).toEqual(configOf({}));
  const database = { url: named, ownerUrl: null, listenUrl: null };
  expect(configOf({ ...exported, LATCHKEY_LOCAL_DATABASE_URL: named }).database).toMatchObject(database);
  expect(mistakesOf({ LATCHKEY_LOCAL_DATABASE_URL: "mysql://root@db" })).toHaveLength(1);
  const serving = configOf({ ...complete, LATCHKEY_LOCAL_DATABASE_URL: named }, served);
  expect(serving.database.url).toBe(complete["DATABASE_URL"]);
});

test("a pooler in transaction mode needs an address past it, and has two values", () => {
  const pooled = { ...complete, LATCHKEY_DATABASE_POOLER: "transaction" };
  const missing = expect.stringMatching(/^LATCHKEY_DATABASE_LISTEN_URL: .*past the pooler/);
  expect(mistakesOf(pooled, served)).toEqual([missing]);
  expect(mistakesOf(pooled, { localMode: false, databaseOnly: true })).toEqual([missing]);
  const direct = { ...pooled, LATCHKEY_DATABASE_LISTEN_URL: "postgres://latchkey:hunter2@db.internal/latchkey" };
  expect(configOf(direct, served).database.pooler).toBe("transaction");
  expect(mistakesOf({ ...complete, LATCHKEY_DATABASE_POOLER: "session" }, served)).toEqual([
    "LATCHKEY_DATABASE_POOLER: It must be none or transaction.",
  ]);
  expect(mistakesOf({ LATCHKEY_DATABASE_POOLER: "transaction" })).toEqual([]);
});

test("a typo in a name is a mistake that names the nearest setting", () => {
  expect(mistakesOf({ LATCHKEY_ENCRYPTON_KEY: "x" })).toEqual([
    "LATCHKEY_ENCRYPTON_KEY: There is no such setting. Did you mean LATCHKEY_ENCRYPTION_KEY?",
  ]);
  expect(mistakesOf({ LATCHKEY_COFFEE_MACHINE_IN_THE_KITCHEN: "x" })[0]).toContain("docs/settings.md");
  expect(mistakesOf({ SOMETHING_ELSE: "x", PATH: "/bin" })).toEqual([]);
});

describe("numbers", () => {
  const bounded = settingNames.filter((name) => settingOf(name).bounds);

  test.each(bounded)("%s takes its bounds and nothing beyond them", (name) => {
    const { min, max } = settingOf(name).bounds ?? { min: 0, max: 0 };
    for (const good of [min, max]) expect(mistakesOf({ [name]: String(good) })).toEqual([]);
    for (const bad of [min - 1, max + 1, 1.5, "ten", "1e3", "0x10", "٣"]) {
      expect(mistakesOf({ [name]: String(bad) })).toEqual([
        `${name}: It must be a whole number from ${min} to ${max}.`,
      ]);
    }
  });
});

describe("secrets", () => {
  test.each([
    ["short", "tooshort", "shorter"],
    ["repeated", "a".repeat(40), "repeats"],
    ["repeated in a pattern", "abcd1234".repeat(6), "repeats"],
    ["copied from an example", "changeme-changeme-changeme-and-more", "placeholder"],
    ["copied from another example", "<your encryption key of 32 characters>", "placeholder"],
  ])("a %s encryption key is refused by a server", (_kind, key, why) => {
    const mistakes = mistakesOf({ ...complete, LATCHKEY_ENCRYPTION_KEY: key }, served);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(why);
    expect(mistakes[0]).not.toContain(key);
  });

  test.each([
    "0123456789abcdef0123456789abcdef",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba9876543210",
    "1234567890123456789012345678901234567890",
    "00112233445566778899aabbccddeeff",
    "correcthorsecorrecthorsecorrecthorse",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaabcdefghij",
    "my secret passphrase of the shop really",
  ])("a key that somebody could guess is refused, and it is said how to make one: %s", (secret) => {
    expect(mistakesOf({ ...complete, LATCHKEY_ENCRYPTION_KEY: secret }, served)).toEqual([
      expect.stringMatching(/^LATCHKEY_ENCRYPTION_KEY: It .*openssl rand -base64 32$/),
    ]);
  });

  test("random keys in hex, base64 and letters are strong enough", () => {
    const random = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const strong = random.filter((bytes) => new Set(bytes).size > 24).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(strong, fc.constantFrom("hex" as const, "base64" as const, "base64url" as const), (bytes, format) => {
        expect(mistakesOf({ ...complete, LATCHKEY_ENCRYPTION_KEY: bytes.toString(format) }, served)).toEqual([]);
      }),
    );
  });

  test("the first encryption key seals and the others still open", () => {
    const [first, second] = [complete["LATCHKEY_ENCRYPTION_KEY"] ?? "", "Zk4m8Qw1Er6Ty3Ui9Op2As7Df5Gh0Jl-x"];
    const keys = configOf({ ...complete, LATCHKEY_ENCRYPTION_KEY: `${first}, ${second}` }, served).sealingKeys;
    const alone = (key: string) => configOf({ ...complete, LATCHKEY_ENCRYPTION_KEY: key }, served).sealingKeys[0];
    expect(keys).toEqual([alone(first), alone(second)]);
  });

  test("a weak key among several is named by its place", () => {
    const keys = `${complete["LATCHKEY_ENCRYPTION_KEY"]},${"b".repeat(40)},`;
    const mistakes = mistakesOf({ ...complete, LATCHKEY_ENCRYPTION_KEY: keys }, served);
    expect(mistakes.map((mistake) => /Secret \d of 3 \w+ \w+/.exec(mistake)?.[0])).toEqual([
      "Secret 2 of 3 repeats the",
      "Secret 3 of 3 is empty",
    ]);
  });

  test.each([
    ["lk_test_", 32, true],
    ["lk_live_", 32, true],
    ["lk_live_", 31, false],
    ["lk_prod_", 32, false],
    ["", 40, false],
  ])("a bootstrap key is %s and %i letters and digits: %s", (prefix, length, good) => {
    const key = prefix + "Ab3De6Gh9Jk2Mn5Pq8Rs1Tu4Vw7Xy0ZzAb3De6Gh9".slice(0, length);
    const env = { ...complete, LATCHKEY_BOOTSTRAP_KEY: key };
    if (good) expect(configOf(env, served).bootstrapKey).toBe(key);
    else expect(mistakesOf(env, served)[0]).toMatch(/^LATCHKEY_BOOTSTRAP_KEY: /);
  });

  test("a bootstrap key of one letter is refused by a server", () => {
    const env = { ...complete, LATCHKEY_BOOTSTRAP_KEY: `lk_live_${"a".repeat(32)}` };
    expect(mistakesOf(env, served)[0]).toContain("repeats");
  });

  test("local mode refuses a live Stripe key, and a server takes it", () => {
    const live = { STRIPE_SECRET_KEY: ["sk", "live", "51Habcdefgh"].join("_") };
    expect(mistakesOf(live)[0]).toMatch(/^STRIPE_SECRET_KEY: It is a live key/);
    expect(configOf({ ...complete, ...live }, served).stripe.secretKey).toBe(live.STRIPE_SECRET_KEY);
  });
});

describe("addresses", () => {
  test.each([
    ["https://access.shop.example", "https://access.shop.example", true],
    ["https://access.shop.example/", "https://access.shop.example", true],
    ["HTTPS://Access.Shop.Example:8443", "https://access.shop.example:8443", true],
    ["http://localhost:4000", "http://localhost:4000", true],
    ["http://[::1]:4000", "http://[::1]:4000", true],
    ["http://shop.example", null, false],
    ["https://shop.example/access", null, false],
    ["https://shop.example?x=1", null, false],
    ["https://me:secret@shop.example", null, false],
    ["shop.example", null, false],
  ])("outside local mode the public address %s reads as %s", (text, origin, good) => {
    const env = { ...complete, LATCHKEY_PUBLIC_URL: text };
    if (good) expect(configOf(env, served).publicUrl).toBe(origin);
    else expect(mistakesOf(env, served)[0]).toMatch(/^LATCHKEY_PUBLIC_URL: /);
  });

  test("the allow-list holds origins and app schemes, each once", () => {
    const urls = "https://Shop.example/, shopapp://,https://shop.example, http://localhost:3000,ShopApp://";
    expect(configOf({ LATCHKEY_ALLOWED_URLS: urls }).allowedUrls).toEqual([
      "https://shop.example",
      "shopapp://",
      "http://localhost:3000",
    ]);
  });

  test.each([
    "javascript:alert(1)",
    "JavaScript://x",
    "data://",
    "file:///etc/passwd",
    "blob://",
    "vbscript://",
    "intent://",
    "http://shop.example",
    "https://*.shop.example",
    "*",
    "https://user:pass@shop.example",
    "https://shop.example@evil.example",
    "https://shop.example/path",
    "shopapp://checkout",
    "shopapp:",
    "//shop.example",
    "shop.example",
  ])("the allow-list refuses %s and names its place", (entry) => {
    const mistakes = mistakesOf({ LATCHKEY_ALLOWED_URLS: `https://shop.example,${entry}` });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(/^LATCHKEY_ALLOWED_URLS: Entry 2 /);
  });

  test("a server that only this machine can reach, or that cannot send people back, says so", () => {
    const reading = readConfig(complete, served);
    expect(reading.ok && reading.notes.map((note) => note.split(" ")[0])).toEqual([
      "LATCHKEY_PUBLIC_URL",
      "LATCHKEY_ALLOWED_URLS",
    ]);
  });
});

describe("an identity provider is there as a whole or not at all", () => {
  const whole = {
    LATCHKEY_JWT_ISSUER: "https://login.shop.example/",
    LATCHKEY_JWT_JWKS_URL: "https://login.shop.example/jwks.json",
    LATCHKEY_JWT_AUDIENCE: "shop",
  };

  test("its issuer is kept to the letter, since tokens are compared with it", () => {
    expect(configOf(whole).identityProvider).toEqual({
      issuer: "https://login.shop.example/",
      jwksUrl: "https://login.shop.example/jwks.json",
      liveAudience: "shop",
      testAudience: null,
      trustsEmailVerified: false,
    });
  });

  test.each(Object.keys(whole))("without %s it is a mistake", (name) => {
    expect(mistakesOf({ ...whole, [name]: "" }).map((mistake) => mistake.split(":")[0])).toEqual([name]);
  });

  test("one audience cannot stand for both modes", () => {
    expect(mistakesOf({ ...whole, LATCHKEY_JWT_TEST_AUDIENCE: "shop" })[0]).toMatch(/^LATCHKEY_JWT_TEST_AUDIENCE: /);
  });
});

describe("any environment of strings", () => {
  const name = fc.oneof(
    fc.constantFrom<string>(...settingNames),
    fc.string().map((text) => `LATCHKEY_${text}`),
    fc.string(),
  );
  const value = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.webUrl(),
    fc.integer().map(String),
    fc.constantFrom("postgres://", "https://", "lk_live_", "sk_live_", "whsec_", ",", "*", "shopapp://"),
  );
  const environment = fc.dictionary(name, value, { maxKeys: 12 });
  const purpose = fc.record({ localMode: fc.boolean() });

  test("gives a configuration or mistakes, and never throws", () => {
    fc.assert(
      fc.property(environment, purpose, (env, why) => {
        const reading = readConfig(env, why);
        if (reading.ok) expect(reading.config.port).toBeGreaterThanOrEqual(0);
        else expect(reading.mistakes.length).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });

  test("gives the same answer when it is read twice", () => {
    fc.assert(
      fc.property(environment, purpose, (env, why) => expect(readConfig(env, why)).toEqual(readConfig(env, why))),
    );
  });

  // The secret is a word that no message could hold by chance, hung on to whatever shape the setting has.
  test("never shows what a setting holds, in no mistake and no note", () => {
    const secret = "Xq7ZpW9k";
    const shapes = [
      "",
      "lk_live_",
      "lk_test_a!",
      "sk_live_",
      "postgres://u:p@h/",
      "https://a:b@",
      "http://",
      "a,,",
      "*",
    ];
    const holding = fc.dictionary(
      fc.constantFrom(...settingNames, "LATCHKEY_TYPO"),
      fc.constantFrom(...shapes).map((shape) => shape + secret),
    );
    fc.assert(
      fc.property(holding, purpose, (env, why) => {
        const reading = readConfig(env, why);
        const shown = JSON.stringify(reading.ok ? reading.notes : reading.mistakes);
        expect(shown).not.toContain(secret);
      }),
      { numRuns: 1_000 },
    );
  });
});

test("the table says of each setting what it means and what happens when it is empty", () => {
  for (const name of settingNames) {
    expect(settings[name].meaning).toMatch(/[.]$/);
    expect(settings[name].whenEmpty).toMatch(/[.]$/);
  }
});
