/** A form as a tree: what stands at a name is text, or names with more behind them. Lists have numbers for names. */
export type FormTree = string | FormBranch;
export interface FormBranch {
  [name: string]: FormTree;
}

/** Reads `a[b][0][c]=1&expand[]=x`. Nothing is typed yet: that is for the route's parameters to say. */
export function readForm(...texts: string[]): FormBranch {
  const root = branch();
  for (const text of texts) for (const [name, value] of new URLSearchParams(text)) putAt(root, segments(name), value);
  return root;
}

// No prototype: a parameter called `constructor` is a parameter like any other.
function branch(): FormBranch {
  const empty: FormBranch = Object.create(null);
  return empty;
}

function segments(name: string): string[] {
  const first = name.indexOf("[");
  if (first < 1 || !name.endsWith("]")) return [name];
  return [name.slice(0, first), ...name.slice(first + 1, -1).split("][")];
}

function putAt(root: FormBranch, path: string[], value: string): void {
  let at = root;
  path.forEach((segment, depth) => {
    const name = segment === "" ? nextNumber(at, path[depth + 1]) : segment;
    const below = at[name];
    if (depth === path.length - 1) at[name] = value;
    else at = at[name] = typeof below === "object" ? below : branch();
  });
}

// `items[][price]=a&items[][quantity]=2&items[][price]=b`: a name that is there already begins the next element.
function nextNumber(list: FormBranch, inside: string | undefined): string {
  const count = Object.keys(list).length;
  const last = list[String(count - 1)];
  const continues = inside !== undefined && typeof last === "object" && !(inside in last);
  return String(continues ? count - 1 : count);
}
