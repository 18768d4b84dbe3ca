import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { type PubSub, buildSchemaSync } from "type-graphql";
import { Bug } from "../base/refusal";
import { AccessPreviewResolver } from "../access/access-preview.graphql";
import { CheckAccessResolver, ProductAccessResolver, UserAccessResolver } from "../decisions/check-access.graphql";
import { AccessDecisionResolver } from "../decisions/decision.graphql";
import { DeleteUserResolver, DeleteUsersResolver } from "../access/delete-users.graphql";
import { EntitlementTokenResolver } from "../decisions/entitlement-token.graphql";
import { ExplainAccessResolver } from "../decisions/explain-access.graphql";
import { GrantsResolver, UserGrantsResolver } from "../access/grants.graphql";
import { ListProductsResolver } from "../decisions/list-products.graphql";
import { ListUsersResolver } from "../decisions/list-users.graphql";
import { PolicyResolver } from "../access/policy.graphql";
import { UnclaimedPurchasesResolver } from "../access/unclaimed-purchases.graphql";
import { UserProductResolver, UserProductsResolver } from "../decisions/user-products.graphql";
import { StripeConnectionResolver } from "../connections/connection.graphql";
import { ConnectionsResolver } from "../connections/connections.graphql";
import { RoleChecker } from "../graphql/allow";
import { lightenSchema } from "../graphql/lighten-schema";
import { DateTimeScalar } from "../graphql/scalars";
import { ActivitiesResolver, UserActivitiesResolver } from "../journal/journal.graphql";
import { JobsResolver } from "../work/jobs.graphql";
import { JobProgressResolver } from "../work/job-progress.graphql";
import { ReplayEventsResolver } from "../imports/replay-events.graphql";
import { ReconcileResolver } from "../reconciliation/reconcile.graphql";
import { ChangeLinksResolver } from "../imports/change-links.graphql";
import { LinkSubscriptionsResolver } from "../access/link-subscriptions.graphql";
import { LinkImportResolver } from "../imports/link-import.graphql";
import { ChangeUsersResolver } from "../customers/change-users.graphql";
import { CustomersResolver } from "../customers/customers.graphql";
import { CheckoutResolver } from "../checkout/checkout.graphql";
import { KeysResolver } from "../keys/keys.graphql";
import { CatalogueResolver, RecurringResolver, StripePriceResolver } from "../links/catalogue.graphql";
import { CustomerLinksResolver, CustomersOfUserResolver } from "../links/customer-links.graphql";
import { LinksOfProductResolver, ProductLinksResolver } from "../links/product-links.graphql";
import { PurchaseOptionsResolver } from "../decisions/purchase-options.graphql";
import { ProductsResolver } from "../products/products.graphql";
import { SetupStatusResolver } from "../setup/setup-status.graphql";
import { PortalResolver, UserPortalResolver, ViewerPortalResolver } from "../portal/portal.graphql";
import { ResourcesResolver } from "../resources/resources.graphql";
import { TokensResolver } from "../tokens/tokens.graphql";
import { ImportUsersResolver } from "../user-lists/import-users.graphql";
import { UserProofsResolver, UsersResolver } from "../users/users.graphql";
import { ExportResultResolver, ExportsResolver } from "../exports/exports.graphql";
import { NodesResolver } from "./nodes.graphql";

/** Every room that has something to say to callers, in the order of the shelves. */
const resolvers = [
  KeysResolver,
  UsersResolver,
  UserProofsResolver,
  TokensResolver,
  ProductsResolver,
  ResourcesResolver,
  ConnectionsResolver,
  StripeConnectionResolver,
  ListProductsResolver,
  CatalogueResolver,
  RecurringResolver,
  StripePriceResolver,
  ProductLinksResolver,
  LinksOfProductResolver,
  PurchaseOptionsResolver,
  CustomerLinksResolver,
  CustomersOfUserResolver,
  GrantsResolver,
  UserGrantsResolver,
  AccessDecisionResolver,
  CheckAccessResolver,
  ProductAccessResolver,
  UserAccessResolver,
  UserProductResolver,
  UserProductsResolver,
  ListUsersResolver,
  DeleteUserResolver,
  DeleteUsersResolver,
  ExplainAccessResolver,
  PolicyResolver,
  UnclaimedPurchasesResolver,
  AccessPreviewResolver,
  LinkSubscriptionsResolver,
  EntitlementTokenResolver,
  ActivitiesResolver,
  UserActivitiesResolver,
  ChangeUsersResolver,
  CustomersResolver,
  CheckoutResolver,
  PortalResolver,
  UserPortalResolver,
  ViewerPortalResolver,
  ChangeLinksResolver,
  LinkImportResolver,
  JobsResolver,
  ImportUsersResolver,
  JobProgressResolver,
  ReplayEventsResolver,
  ExportsResolver,
  ExportResultResolver,
  ReconcileResolver,
  SetupStatusResolver,
  NodesResolver,
] as const;

let built: GraphQLSchema | undefined;

/** The schema is the same for every server of a process, so it is built once. */
export function buildLatchkeySchema(): GraphQLSchema {
  return (built ??= build());
}

function build(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [...resolvers],
    validate: false,
    authChecker: RoleChecker,
    scalarsMap: [{ type: Date, scalar: DateTimeScalar }],
    pubSub: NOBODY,
  });
  return lightenSchema(schema);
}

/** Every subscription of ours says itself where its states come from; type-graphql asks for one that publishes anyway. */
const NOBODY: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Bug("a subscription has to say where its states come from");
  },
};
