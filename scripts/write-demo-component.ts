import { readFileSync } from "node:fs";
import { transformSync } from "@swc/core";

/** The component of the README as the demo's page loads it: a module without JSX, whose React is the page's own. */
export function writeDemoComponent(file: string): string {
  const { code } = transformSync(readFileSync(file, "utf8"), {
    jsc: {
      parser: { syntax: "ecmascript", jsx: true },
      target: "es2022",
      transform: { react: { runtime: "classic" } },
    },
    module: { type: "es6" },
  });
  return `// Generated from locked.jsx.\n${code.replace('from "react"', 'from "./react.js"')}`;
}
