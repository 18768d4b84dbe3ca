/** Pure: what is said of a portal configuration that somebody deactivated in Stripe. */
export function deactivatedText(configuration: string): string {
  return (
    `The portal's configuration ${configuration} was deactivated in Stripe. Activate it there, ` +
    "or use another one by `activateCustomerPortal`."
  );
}
