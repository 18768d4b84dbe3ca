import type { CustomerLinkEntity } from "./customer-link.entity";

/**
 * Whether only an address connects the customer with its user: its cards and its portal may be a stranger's, so our checkout
 * never uses it, and the portal opens for it only while both addresses agree.
 */
export function isJoinedCustomer({ basis }: Pick<CustomerLinkEntity, "basis">): boolean {
  return basis === "ADDRESS";
}
