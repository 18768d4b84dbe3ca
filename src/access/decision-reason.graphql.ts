import { enumOf } from "../graphql/enums";
import { type AccessReason, accessReasons } from "./reasons";

export const AccessReasonEnum = enumOf<AccessReason>("AccessReason", "Why a decision is as it is.", accessReasons);
