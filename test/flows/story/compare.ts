import type { Books } from "./books";
import type { Verdict } from "./oracle";
import type { ServerInStory } from "./server-in-story";

interface Answer {
  allowed: boolean;
  reason: string;
  endsAt: string | null;
}

const USERS =
  "query ($after: String) { users(first: 200, after: $after) { nodes { id email } pageInfo { hasNextPage endCursor } } }";
const ACCESS =
  "query ($user: ID!, $products: [String!]!) { accessMany(user: $user, products: $products) { allowed reason endsAt } }";

/** Where Latchkey and the oracle do not agree about a person and a product, with what each of them says. */
export async function findDifferences(
  server: ServerInStory,
  verdicts: Map<string, Map<string, Verdict>>,
  products: readonly string[],
): Promise<string[]> {
  const users = new Map((await listUsers(server)).map(({ id, email }) => [email ?? id, id]));
  const found: string[] = [];
  // Somebody whom Latchkey does not know may open nothing there; somebody whom the oracle does not know, neither.
  for (const email of new Set([...users.keys(), ...verdicts.keys()])) {
    const user = users.get(email);
    const answers = user === undefined ? [] : await ask(server, user, products);
    products.forEach((product, at) => {
      const verdict = verdicts.get(email)?.get(product) ?? STRANGER;
      const difference = differ(answers[at] ?? UNKNOWN, verdict);
      if (difference) found.push(`${email} and ${product}: ${difference}\n    ${verdict.weighed.join("\n    ")}`);
    });
  }
  return found;
}

const STRANGER: Verdict = { allowed: false, reason: "nobody whom the oracle knows", endsAt: null, weighed: [] };
const UNKNOWN: Answer = { allowed: false, reason: "a user who does not exist", endsAt: null };

/** Denials are only compared as denials: their words depend on what was seen on the way. */
function differ(answer: Answer, verdict: Verdict): string | null {
  if (verdict.mayBeOver) return null;
  const ended =
    verdict.endsAt === null || verdict.endsAt === "UNSURE" ? null : new Date(verdict.endsAt * 1_000).toISOString();
  const isSame =
    answer.allowed === verdict.allowed &&
    (!verdict.allowed ||
      verdict.endsAt === "UNSURE" ||
      (answer.reason === verdict.reason && sameMoment(answer.endsAt, ended)));
  if (isSame) return null;
  const say = (allowed: boolean, reason: string, until: string | null): string =>
    `${allowed ? "yes" : "no"}, ${reason}${until ? ` until ${until}` : ""}`;
  return `Latchkey says ${say(answer.allowed, answer.reason, answer.endsAt)}; the oracle says ${say(verdict.allowed, verdict.reason, ended)}`;
}

function sameMoment(one: string | null, other: string | null): boolean {
  return (one && Date.parse(one)) === (other && Date.parse(other));
}

async function ask(server: ServerInStory, user: string, products: readonly string[]): Promise<Answer[]> {
  return (await server.ask<{ accessMany: Answer[] }>(ACCESS, { user, products })).accessMany;
}

async function listUsers(server: ServerInStory): Promise<{ id: string; email: string | null }[]> {
  const all: { id: string; email: string | null }[] = [];
  let after: string | null = null;
  for (;;) {
    const { users }: Page = await server.ask<Page>(USERS, { after });
    all.push(...users.nodes);
    if (!users.pageInfo.hasNextPage) return all;
    after = users.pageInfo.endCursor;
  }
}

interface Page {
  users: {
    nodes: { id: string; email: string | null }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}

/** What must be there once and is there twice: grants of one item, and lines that say the same. */
export async function findDuplicates(server: ServerInStory): Promise<string[]> {
  const grants = await server.rows<object>(
    `select user_id, product_id, connection_id, stripe_object, stripe_item, count(*)::int from grants
     where connection_id is not null group by 1, 2, 3, 4, 5 having count(*) > 1`,
  );
  // Access by hand has lines of its own. All other access begins and ends by turns. A product that was open through a bundle
  // before it was bought itself has no beginning of its own: the lines of the bundle speak for it until then. Who takes over
  // another user goes on with that user's lines; those who had lines themselves before that have two stories in one.
  const turns = await server.rows<PairRow>(
    `with turns as (
       select a.*, coalesce(u.merged_into, a.user_id) as person
       from activities a left join users u on u.id = a.user_id where a.type in ('ACCESS_STARTED', 'ACCESS_ENDED'))
     select person, product_id, at, type from (
       select t.*, lag(t.type) over (partition by t.person, t.product_id, t.mode order by t.at) as earlier from turns t) t
     where (t.type = t.earlier or (t.earlier is null and t.type = 'ACCESS_ENDED' and not exists (
         select 1 from grants g join product_openers o on o.opener_id = g.product_id and o.product_id = t.product_id
         where g.user_id = t.person and g.product_id <> t.product_id and g.starts_at <= t.at)))
       and not exists (select 1 from grants g where g.user_id = t.person and g.product_id = t.product_id
                       and (g.connection_id is null or g.revoked_at is not null))
       and not exists (select 1 from users taken join turns own on own.user_id = taken.merged_into
                       where taken.merged_into = t.person and own.product_id = t.product_id
                         and own.at < taken.deleted_at)`,
  );
  // One line for each item that was ever bought, and an item has one grant. Of a user who became part of another one the
  // grants have moved, and the lines have not.
  const once = await server.rows<object>(
    `select a.type, a.user_id, a.product_id, a.stripe_object, count(*)::int as lines from (
       select a.type, coalesce(u.merged_into, a.user_id) as user_id, a.product_id, a.stripe_object
       from activities a left join users u on u.id = a.user_id
       where a.type in ('PRODUCT_PURCHASED', 'SUBSCRIPTION_STARTED')) a
     group by 1, 2, 3, 4
     having count(*) > (select count(*) from grants g where g.user_id = a.user_id and g.product_id = a.product_id
                        and g.stripe_object = a.stripe_object)`,
  );
  const unpaired = [];
  for (const turn of turns) unpaired.push([JSON.stringify(turn), ...(await tellPair(server, turn))].join("\n    "));
  return [...[...grants, ...once].map((row) => JSON.stringify(row)), ...unpaired];
}

interface PairRow {
  person: string;
  product_id: string;
}

/** What the journal says of a person and a product, and the grants that open it, to see what went wrong. */
async function tellPair(server: ServerInStory, { person, product_id: product }: PairRow): Promise<string[]> {
  const lines = await server.rows<object>(
    `select user_id, at, recorded_at, type, origin, stripe_object, data from activities
     where product_id = $2 and user_id in (select id from users where id = $1 or merged_into = $1) order by at, id`,
    [person, product],
  );
  const grants = await server.rows<object>(
    `select g.* from grants g join product_openers o on o.opener_id = g.product_id
     where g.user_id = $1 and o.product_id = $2 order by g.starts_at, g.id`,
    [person, product],
  );
  return [...lines, ...grants].map((row) => JSON.stringify(row));
}

/** Grants and journal lines that begin before the subscription was switched to what they are about. */
export async function findEarlyStarts(server: ServerInStory, switches: Books["switches"]): Promise<string[]> {
  const early: object[] = [];
  const seen = new Set<string>();
  for (const { subscription, at } of switches) {
    // A later switch of the same subscription moves between linked things.
    if (seen.has(subscription)) continue;
    seen.add(subscription);
    const grants = await server.rows<object>(
      `select stripe_object, product_id, starts_at from grants where stripe_object = $1 and starts_at < to_timestamp($2)`,
      [subscription, at],
    );
    const lines = await server.rows<object>(
      `select type, stripe_object, product_id, at from activities where stripe_object = $1 and at < to_timestamp($2)
       and type in ('PRODUCT_PURCHASED', 'SUBSCRIPTION_STARTED', 'ACCESS_STARTED') and product_id is not null`,
      [subscription, at],
    );
    early.push(...grants, ...lines);
  }
  return early.map((row) => JSON.stringify(row));
}
