/** Header fields in any shape that a caller may have. */
export type HeaderInit =
  | Iterable<readonly [name: string, value: string]>
  | Readonly<Record<string, string | readonly string[]>>;
