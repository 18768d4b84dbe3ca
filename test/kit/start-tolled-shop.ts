import { type Toll, openToll } from "./open-toll";
import { SHOP_KEY, type Shop, type ShopOptions, startShop } from "./start-shop";

/** A shop whose road to Stripe leads through a gate. */
export async function startTolledShop(options: ShopOptions = {}): Promise<Shop & { toll: Toll }> {
  const toll = await openToll();
  const env = { ...options.env, STRIPE_API_BASE: toll.url };
  const shop = await startShop({ ...options, env, connect: false });
  toll.leadTo(shop.simulator.url);
  const query = "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id } }";
  const input = { secretKey: SHOP_KEY };
  const { connectStripe } = await shop.latchkey.get<{ connectStripe: { id: string } }>(query, { input });
  return {
    ...shop,
    toll,
    connection: connectStripe.id,
    stop: async () => {
      await shop.stop();
      await toll.close();
    },
  };
}
