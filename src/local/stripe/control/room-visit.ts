import type { Visit } from "../pages/page";

/** A visit to the control room, with what its last action leaves to be shown. */
export interface RoomVisit extends Visit {
  /** The section that the action was taken in: it is open, whatever else is folded. */
  opened: string | null;
  /** The command whose form was refused: it is open and holds what was typed. */
  refusedCommand: string | null;
}
