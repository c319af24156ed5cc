/** Linear in the text: no white space can belong to two places of it. */
const part = /[\t ]*(?:([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[\t ]*=[\t ]*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))[\t ]*)?(?:,|$)/y;

/**
 * Parses the parameters of credentials (RFC 9110 §11.4): `name=value, name="value"`. Names come in lower case. `null` if
 * something else is there, or a name twice.
 */
export function parseAuthParameters(text: string): ReadonlyMap<string, string> | null {
  const parameters = new Map<string, string>();
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (found === null) return null;
    const [, name, quoted, token] = found;
    if (name === undefined) continue; // an empty element
    if (parameters.has(name.toLowerCase())) return null;
    parameters.set(name.toLowerCase(), quoted === undefined ? token! : quoted.replace(/\\(.)/g, '$1'));
  }
  return parameters;
}
