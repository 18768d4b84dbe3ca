import { invalid } from "./refuse";

/** Refuses what is no e-mail address, in Stripe's words. */
export function checkEmail(email: string | null | undefined, param: string): void {
  if (!email || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) return;
  throw invalid(`Invalid email address: ${email}`, { code: "email_invalid", param });
}
