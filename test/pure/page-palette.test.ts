import { palette } from "../../src/base/page-palette";

/** Relative luminance, as WCAG 2.2 defines it. */
function brightnessOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(one: string, two: string): number {
  const [dark = 0, light = 0] = [brightnessOf(one), brightnessOf(two)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const onGround = ["ink", "soft", "accent", "bad", "good"] as const;

describe.each(["light", "dark"] as const)("the %s palette", (scheme) => {
  const colours = palette[scheme];
  const pairs: [text: keyof typeof colours, ground: keyof typeof colours][] = [
    ...onGround.map((text) => [text, "ground"] as [typeof text, "ground"]),
    ...onGround.map((text) => [text, "paper"] as [typeof text, "paper"]),
    ["on-accent", "accent"],
    ["good", "good-ground"],
    ["bad", "bad-ground"],
    ["note", "note-ground"],
  ];
  test.each(pairs)("has contrast between %s and %s", (text, ground) => {
    expect(contrastOf(colours[text], colours[ground])).toBeGreaterThanOrEqual(4.5);
  });
});

test("contrast is counted as WCAG does", () => {
  expect(contrastOf("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrastOf("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});
