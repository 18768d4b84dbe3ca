/** `1,4,9` or `1-20`. */
export function readSeeds(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [first = 1, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}
