import { hash, randomInt } from "node:crypto";
import type { Mode } from "../base/mode";

const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
// 40 of 62 characters hold 238 random bits: nobody guesses one, so a plain hash keeps it.
const LENGTH = 40;
const SHAPE = /^lk_(live|test)_[A-Za-z0-9]{32,200}$/;
const SHOWN = "lk_live_".length + 4;

export function makeKeyText(mode: Mode): string {
  const letters = Array.from({ length: LENGTH }, () => LETTERS_AND_DIGITS.charAt(randomInt(LETTERS_AND_DIGITS.length)));
  return `lk_${mode.toLowerCase()}_${letters.join("")}`;
}

/** The mode of a text that looks like a key of ours, or null. */
export function modeOfKeyText(text: string): Mode | null {
  const match = SHAPE.exec(text);
  return match ? (match[1] === "live" ? "LIVE" : "TEST") : null;
}

export function hashKeyText(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

/** The part that may be shown again, so that people can tell their keys apart. */
export function prefixOfKeyText(text: string): string {
  return text.slice(0, SHOWN);
}
