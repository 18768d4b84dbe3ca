/**
 * The form in which addresses are compared: without ASCII case, and with the domain in IDNA form. Nothing else is folded:
 * dots, plus signs and look-alikes make another address.
 */
export function emailKeyOf(email: string): string {
  const text = email.trim();
  const at = text.lastIndexOf("@");
  return `${lowerAscii(text.slice(0, at + 1))}${domainKeyOf(text.slice(at + 1))}`;
}

// A URL also decodes percent signs and reads numbers as IP addresses, so plain domains do not pass through one.
const PLAIN = /^[ -~]*$/;
const NOT_IN_DOMAINS = /[%/?#:@\\[\]]/;

function domainKeyOf(domain: string): string {
  const isPlain = PLAIN.test(domain) || NOT_IN_DOMAINS.test(domain);
  const url = `http://${domain}`;
  return isPlain || !URL.canParse(url) ? lowerAscii(domain) : new URL(url).hostname;
}

function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
