type Given<T, K extends keyof T> = { [N in K]?: NonNullable<T[N]> };

/** The named fields that have a value. */
export function definedOf<T extends object, K extends keyof T>(params: T, names: readonly K[]): Given<T, K> {
  const given: Given<T, K> = {};
  for (const name of names) {
    const value = params[name];
    if (value !== undefined && value !== null) given[name] = value;
  }
  return given;
}
