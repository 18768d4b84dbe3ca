import { callApi } from "../call-api";
import { savePortalSettings } from "../objects/portal-configuration";
import { required, text } from "../params";
import { command, type Command } from "./command";

export const saleCommands: Record<string, Command> = {
  "save-portal-settings": command(
    "Sales",
    "The owner saves the settings of the customer portal in the Dashboard: now there is a default configuration.",
    { fields: {}, shows: {} },
    (room) => room.simulator.control.act((draft) => draft.render(savePortalSettings(draft))),
  ),
  "delete-customer": command(
    "Sales",
    "An administrator deletes a customer; the subscriptions end at once.",
    { fields: { customer: required(text()) }, shows: { customer: "cus_..." } },
    (room, { customer }) =>
      room.simulator.control.act((draft) => callApi(draft, "DELETE", `/v1/customers/${customer}`)),
  ),
};
