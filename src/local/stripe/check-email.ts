import { invalid } from "./refuse";

/** Refuses what is no e-mail address, in Stripe's words. */
export function checkEmail(email: string | null | undefined, param: string): void {
  if (!email || isEmail(email)) return;
  throw invalid(`Invalid email address: ${email}`, { code: "email_invalid", param });
}

export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
}
