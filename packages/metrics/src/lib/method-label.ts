const known = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE']);

/** Returns the label of a method. Clients may invent methods, so only the well-known ones have a label of their own. */
export function methodLabel(method: string): string {
  return known.has(method) ? method : 'other';
}
