import type { MigrationClass } from "../src/database/check-schema";
import { Foundation1763683200000 } from "./1763683200000-foundation";
import { Stripe1763769600000 } from "./1763769600000-stripe";
import { Check1763773200000 } from "./1763773200000-check";
import { Checkout1763856000000 } from "./1763856000000-checkout";
import { LongWork1763942400000 } from "./1763942400000-long-work";
import { JoinsByAddress1764028800000 } from "./1764028800000-joins-by-address";
import { RemovalMarkers1764032400000 } from "./1764032400000-removal-markers";
import { UnclaimedPurchases1764036000000 } from "./1764036000000-unclaimed-purchases";
import { LinkOffers1764039600000 } from "./1764039600000-link-offers";
import { OneOpenSession1764039900000 } from "./1764039900000-one-open-session";
import { ScopedIdempotency1764040200000 } from "./1764040200000-scoped-idempotency";
import { UnpaidRuns1764043200000 } from "./1764043200000-unpaid-runs";
import { RefusedEvents1764050400000 } from "./1764050400000-refused-events";
import { GrantsByAddress1764054000000 } from "./1764054000000-grants-by-address";
import { LinesOfEachProduct1764056000000 } from "./1764056000000-lines-of-each-product";
import { OriginOfPlans1764056100000 } from "./1764056100000-origin-of-plans";
import { DeactivatedPortals1764057000000 } from "./1764057000000-deactivated-portals";
import { BodiesOfFailedEvents1764059000000 } from "./1764059000000-bodies-of-failed-events";
import { NamesOfCustomers1764059100000 } from "./1764059100000-names-of-customers";
import { PushedNames1764059200000 } from "./1764059200000-pushed-names";

/** In the order in which they run. What has been released is never changed: a new one follows. */
export const migrations: readonly MigrationClass[] = [
  Foundation1763683200000,
  Stripe1763769600000,
  Check1763773200000,
  Checkout1763856000000,
  LongWork1763942400000,
  JoinsByAddress1764028800000,
  RemovalMarkers1764032400000,
  UnclaimedPurchases1764036000000,
  LinkOffers1764039600000,
  OneOpenSession1764039900000,
  ScopedIdempotency1764040200000,
  UnpaidRuns1764043200000,
  RefusedEvents1764050400000,
  GrantsByAddress1764054000000,
  LinesOfEachProduct1764056000000,
  OriginOfPlans1764056100000,
  DeactivatedPortals1764057000000,
  BodiesOfFailedEvents1764059000000,
  NamesOfCustomers1764059100000,
  PushedNames1764059200000,
];
