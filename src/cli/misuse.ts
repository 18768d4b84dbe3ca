/** The command was called in a way that makes no sense. The message says what would. */
export class Misuse extends Error {
  override readonly name = "Misuse";
}
