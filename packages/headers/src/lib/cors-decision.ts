/** Header fields of an answer. */
export type CorsHeaders = readonly (readonly [name: string, value: string])[];

/** The CORS decision for a request. */
export type CorsDecision =
  /** The browser asks whether it may send a request: answer with these headers only. */
  | { readonly kind: 'preflight'; readonly headers: CorsHeaders }
  /** The request goes on; with these headers the page may read the answer. */
  | { readonly kind: 'allowed'; readonly headers: CorsHeaders }
  /**
   * The page may not read the answer. A preflight ends here; any other request goes on, because CORS restricts reading
   * only.
   */
  | { readonly kind: 'refused'; readonly isPreflight: boolean; readonly because: string }
  /** The request does not come from a page of another origin. */
  | { readonly kind: 'none' };
