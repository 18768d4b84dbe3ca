import { defineLoader, inOrder } from "../graphql/define-loader";
import type { CustomerLinkEntity } from "./customer-link.entity";
import { type CustomerKey, customerName, type CustomerSnapshot } from "./customer-snapshot";
import { findCustomerLinksById, findLinksOfUsers } from "./customer-links.store";
import { findCustomers } from "./customers.store";

/** All customers that a user is or was linked to, in the viewer's mode: who is linked now first, then the latest. */
export const customersOfUser = defineLoader<string, CustomerLinkEntity[]>(async (ctx, userIds) => {
  const links = await findLinksOfUsers(ctx.db, userIds, { mode: ctx.identity.mode });
  const latestFirst = links.toReversed();
  const sorted = [...latestFirst.filter((link) => link.active), ...latestFirst.filter((link) => !link.active)];
  return userIds.map((id) => sorted.filter((link) => link.userId === id));
});

export const customerLinkById = defineLoader<string, CustomerLinkEntity | null>(async (ctx, ids) =>
  inOrder(ids, await findCustomerLinksById(ctx.db, ctx.identity.mode, ids), (link) => link.id),
);

/** A customer as we last saw it. */
export const keptCustomer = defineLoader<CustomerKey, CustomerSnapshot | null>(async (ctx, keys) => {
  const found = new Map((await findCustomers(ctx.db, keys)).map((row) => [customerName(row), row]));
  return keys.map((key) => found.get(customerName(key)) ?? null);
}, customerName);
