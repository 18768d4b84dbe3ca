/** Whether the link is about this price, whatever the state of the link. An empty list names every price of the product. */
export function coversPrice(
  link: { stripeProduct: string; priceIds: readonly string[] },
  item: { stripeProduct: string; price: string },
): boolean {
  return (
    link.stripeProduct === item.stripeProduct && (link.priceIds.length === 0 || link.priceIds.includes(item.price))
  );
}
