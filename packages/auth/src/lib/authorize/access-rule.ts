/**
 * Whom or what a rule is about. All parts that are named must fit; of a list, one must. Nothing named: everything.
 */
export interface Condition {
  /** Prefixes of the path, in whole segments: `/admin` fits `/admin` and `/admin/x`, not `/administrator`. */
  readonly path?: string | readonly string[];
  readonly method?: string | readonly string[];
  readonly user?: string | readonly string[];
  readonly role?: string | readonly string[];
  /** Values of the user's claims. A claim that is a list fits if it has the value. */
  readonly claim?: Readonly<Record<string, ClaimValue | readonly ClaimValue[]>>;
  /** Whether somebody has logged in. */
  readonly login?: boolean;
  /** Addresses of clients, and networks: `10.0.0.0/8`. */
  readonly network?: string | readonly string[];
}

/** What a claim is compared with. */
export type ClaimValue = string | number | boolean;

/** `everyone`, everybody who is `logged-in`, everybody who is `anonymous`, or a condition. */
export type Who = 'everyone' | 'logged-in' | 'anonymous' | Condition;

/** One rule: the first that fits decides. */
export type AccessRule =
  | { readonly allow: Who; readonly deny?: undefined }
  | { readonly deny: Who; readonly allow?: undefined };
