/** Which of two worlds a credential lives in. Nothing bought in one opens anything in the other. */
export type Mode = "LIVE" | "TEST";

export const modes: readonly Mode[] = ["LIVE", "TEST"];
