/** Any value as text: `String` throws for objects without a prototype, and for those whose `toString` does. */
export function toText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
