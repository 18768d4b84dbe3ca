import { readFileSync } from "node:fs";
import path from "node:path";
import { writeDemoComponent } from "../../scripts/write-demo-component";
import { root } from "../kit/read-sources";

const read = (file: string) => readFileSync(path.join(root, file), "utf8");

test("the README shows the component that the demo's page runs, whole", () => {
  expect(read("README.md")).toContain(`\`\`\`jsx\n${read("assets/demo/locked.jsx")}\`\`\``);
  expect(read("assets/demo/locked.js")).toBe(writeDemoComponent(path.join(root, "assets/demo/locked.jsx")));
});
