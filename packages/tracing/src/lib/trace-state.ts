const simpleKey = '[a-z][a-z0-9_*/-]{0,255}';
const tenantKey = '[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13}';
/** Printable ASCII without comma and equals sign, not ending in a space. */
const value = '[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]';
const member = new RegExp(`^(${simpleKey}|${tenantKey})=${value}$`);
const maxMembers = 32;

/**
 * Reads `tracestate` (W3C Trace Context §3.3), whose fields form one list. Returns it as one field, or `null` if there
 * is none or any member is invalid: then all of it is dropped (§3.3.1.1), but the trace continues.
 */
export function parseTraceState(values: readonly string[]): string | null {
  const members = values.flatMap((each) => each.split(',')).map((each) => each.replace(/^[ \t]+|[ \t]+$/g, ''));
  const written = members.filter((each) => each !== ''); // empty members are allowed
  if (written.length === 0 || written.length > maxMembers) return null;
  const keys = new Set<string>();
  for (const each of written) {
    const key = member.exec(each)?.[1];
    if (key === undefined || keys.has(key)) return null;
    keys.add(key);
  }
  return written.join(',');
}
