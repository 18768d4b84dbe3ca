import { accountSteps, type Setup } from "../../setup/decide-setup-steps";

/**
 * Pure: whether an open step of the set-up is told already by another finding with the same cause. `latchkey doctor` says
 * each cause once. `setupStatus` shows all steps, for it is a list to work through.
 */
export function isConsequence(
  step: string,
  setup: Pick<Setup, "connections" | "hasProduct" | "inactiveLinks">,
): boolean {
  const hasAccount = setup.connections.length > 0;
  const hasInactive = setup.inactiveLinks.length > 0;
  if (accountSteps.has(step)) return !hasAccount;
  switch (step) {
    case "account_connected":
      // The links that are inactive name the account.
      return hasInactive;
    case "product_linked":
      return hasInactive || !hasAccount || !setup.hasProduct;
    case "return_urls":
      // The settings tell it.
      return true;
    default:
      return false;
  }
}
