export type DisputeRule = "KEEP" | "SUSPEND" | "REVOKE";
export type AutoCreateUsers = "NEVER" | "ON_PURCHASE";

/** What the owner of the shop decides about access, for one mode. */
export interface Policy {
  pastDueGraceDays: number;
  disputeOpened: DisputeRule;
  fullRefundEndsAccess: boolean;
  partialRefundEndsAccess: boolean;
  pausedCollectionSuspends: boolean;
  autoCreateUsers: AutoCreateUsers;
  /** Null: no limit. */
  trialsPerUser: number | null;
}

/** Until somebody decides otherwise. */
export const usualPolicy: Policy = {
  pastDueGraceDays: 7,
  disputeOpened: "SUSPEND",
  fullRefundEndsAccess: true,
  partialRefundEndsAccess: false,
  pausedCollectionSuspends: false,
  autoCreateUsers: "ON_PURCHASE",
  trialsPerUser: null,
};
