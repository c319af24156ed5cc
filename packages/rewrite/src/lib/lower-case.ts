/** A path in lower case. `%2F` is an octet: its digits stay in upper case, as in a normalised path. */
export function lowerCase(path: string): string {
  return path.replace(/%[0-9A-F]{2}|[^%a-z0-9/._-]+/g, (text) => (text[0] === '%' ? text : text.toLowerCase()));
}
