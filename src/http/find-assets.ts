import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Bug } from "../base/refusal";

/** A folder of files for pages. They stand beside `src`, and compiled code lies one level deeper than its source. */
export function findAssets(name: string): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const assets = join(folder, "assets", name);
    if (existsSync(assets)) return assets;
  }
  throw new Bug("the files of a page are missing", { name });
}
