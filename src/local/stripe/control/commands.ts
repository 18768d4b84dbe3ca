import type { Command } from "./command";
import { deliveryCommands } from "./delivery-commands";
import { paymentCommands } from "./payment-commands";
import { saleCommands } from "./sale-commands";
import { subscriptionCommands } from "./subscription-commands";
import { timeCommands } from "./time-commands";
import { troubleCommands } from "./trouble-commands";

/** All that the control room can do, by name. */
export const commands: ReadonlyMap<string, Command> = new Map(
  Object.entries({
    ...timeCommands,
    ...saleCommands,
    ...paymentCommands,
    ...subscriptionCommands,
    ...deliveryCommands,
    ...troubleCommands,
  }),
);
