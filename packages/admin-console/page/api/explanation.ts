/** The answer to `POST /explain`, as far as it is shown. */
export interface Explanation {
  readonly client: { readonly address: string; readonly source: string };
  readonly listeners: readonly string[];
  readonly listenerRemark: string | null;
  readonly site: { readonly name: string | null; readonly because: string };
  readonly route: { readonly path: string; readonly place: string; readonly because: string } | null;
  readonly noRoute: string | null;
  readonly otherRoutes: readonly { readonly path: string; readonly because: string }[];
  readonly layers: readonly {
    readonly phase: string;
    readonly feature: string;
    readonly place: string;
    readonly reasons: readonly { readonly decision: string; readonly because: string; readonly answers?: boolean }[];
  }[];
  readonly leftOut: readonly { readonly feature: string; readonly because: string }[];
  readonly answer: string;
}
