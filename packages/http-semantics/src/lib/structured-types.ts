/** A bare item of Structured Fields (RFC 9651 §3.3); narrow it by `type`. */
export type StructuredBareItem =
  /** At most 15 digits. */
  | { readonly type: 'integer'; readonly value: number }
  /** At most 12 digits before the point and three after it. */
  | { readonly type: 'decimal'; readonly value: number }
  /** Printable ASCII. */
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'token'; readonly value: string }
  | { readonly type: 'binary'; readonly value: Uint8Array }
  | { readonly type: 'boolean'; readonly value: boolean }
  /** Whole seconds since 1970. */
  | { readonly type: 'date'; readonly value: number }
  /** Any Unicode text. */
  | { readonly type: 'display-string'; readonly value: string };

/** Parameters by key, in order. */
export type StructuredParameters = ReadonlyMap<string, StructuredBareItem>;

/** A value with its parameters. */
export type StructuredItem = StructuredBareItem & { readonly parameters: StructuredParameters };

/** Items in parentheses, with parameters of their own. */
export interface StructuredInnerList {
  readonly type: 'inner-list';
  readonly value: readonly StructuredItem[];
  readonly parameters: StructuredParameters;
}

/** A member of a list or dictionary. */
export type StructuredMember = StructuredItem | StructuredInnerList;

/**
 * The values that serializing accepts: a whole number becomes an Integer, any other number a Decimal, a string a
 * String.
 */
export type StructuredBareItemInput = StructuredBareItem | number | string | boolean | Uint8Array;

/** Keys and values, as a Map or a plain object. */
export type StructuredParametersInput =
  | ReadonlyMap<string, StructuredBareItemInput>
  | Readonly<Record<string, StructuredBareItemInput>>;

/** The items that serializing accepts. */
export type StructuredItemInput =
  | number
  | string
  | boolean
  | Uint8Array
  | (StructuredBareItem & { readonly parameters?: StructuredParametersInput });

/** The inner lists that serializing accepts. */
export interface StructuredInnerListInput {
  readonly type: 'inner-list';
  readonly value: readonly StructuredItemInput[];
  readonly parameters?: StructuredParametersInput;
}

/** The members that serializing accepts in a list or dictionary. */
export type StructuredMemberInput = StructuredItemInput | StructuredInnerListInput;

/** The dictionaries that serializing accepts. */
export type StructuredDictionaryInput =
  | ReadonlyMap<string, StructuredMemberInput>
  | Readonly<Record<string, StructuredMemberInput>>;
