/** Formats names as `` `a`, `b` or `c` ``. */
export function listNames(names: readonly unknown[]): string {
  const quoted = names.map((name) => `\`${String(name)}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
