/**
 * Converts any value to text. `String` alone throws for objects without a prototype, and for those whose `toString`
 * throws.
 */
export function toText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
