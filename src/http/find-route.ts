import type { Route } from "./route";

export interface FoundRoute {
  route: Route;
  params: Readonly<Record<string, string>>;
}

export type FindRoute = (path: string) => FoundRoute | null;

const NO_PARAMS = {};

/** Plain paths are looked up, those with parameters tried in turn; the first route of a path wins. */
export function makeFindRoute(routes: readonly Route[]): FindRoute {
  const plain = new Map<string, Route>();
  const patterns: { segments: readonly string[]; route: Route }[] = [];
  for (const route of routes) {
    if (route.path.includes("/:")) patterns.push({ segments: route.path.split("/"), route });
    else if (!plain.has(route.path)) plain.set(route.path, route);
  }
  return (path) => {
    const route = plain.get(path);
    if (route) return { route, params: NO_PARAMS };
    const given = path.split("/");
    for (const pattern of patterns) {
      const params = readParams(pattern.segments, given);
      if (params) return { route: pattern.route, params };
    }
    return null;
  };
}

function readParams(segments: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (segments.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = given[index] ?? "";
    if (!segment.startsWith(":")) {
      if (segment !== text) return null;
      continue;
    }
    const value = decode(text);
    if (!value) return null;
    params[segment.slice(1)] = value;
  }
  return params;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
