import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * Proves that a form came from a page of ours: a page of somebody else can post here, and cannot read what was hidden in
 * the form. A restart makes new tokens; a page from before is asked to load again.
 */
export class FormTokens {
  private readonly key = randomBytes(32);

  for(place: string): string {
    return createHmac("sha256", this.key).update(place).digest("base64url");
  }

  fits(place: string, given: string | null): boolean {
    const wanted = Buffer.from(this.for(place));
    const sent = Buffer.from(given ?? "");
    return wanted.length === sent.length && timingSafeEqual(wanted, sent);
  }
}
