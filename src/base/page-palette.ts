/**
 * The colours of every page for people, light and dark. All pairs of text and ground that pages use have a contrast of at
 * least 4.5 to 1, which a test holds.
 */
export const palette = {
  light: {
    ink: "#1a1f36",
    soft: "#545d73",
    line: "#d9dee8",
    ground: "#f6f8fb",
    paper: "#ffffff",
    accent: "#4338ca",
    "on-accent": "#ffffff",
    good: "#116149",
    "good-ground": "#d7f4e5",
    bad: "#a01c2f",
    "bad-ground": "#fde5e8",
    note: "#6e4b00",
    "note-ground": "#fff3d6",
  },
  dark: {
    ink: "#e8ebf3",
    soft: "#a3acc2",
    line: "#353c4f",
    ground: "#12151d",
    paper: "#1b202b",
    accent: "#a19dff",
    "on-accent": "#10131b",
    good: "#8fe0b8",
    "good-ground": "#14382a",
    bad: "#ff9daa",
    "bad-ground": "#43181f",
    note: "#ffd98a",
    "note-ground": "#3a2f12",
  },
} as const;

/** The palette as CSS variables, in the scheme that the reader prefers. */
export const paletteStyle = `
:root { color-scheme: light dark; ${variables(palette.light)} }
@media (prefers-color-scheme: dark) { :root { ${variables(palette.dark)} } }
`;

function variables(colours: Readonly<Record<string, string>>): string {
  return Object.entries(colours)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(" ");
}
