/** What a layer did with a request. Times are milliseconds after the request began. */
export interface TraceStep {
  /** The name of the feature or middleware. */
  readonly feature: string;
  readonly phase: string;
  /** Where it stands in the configuration; empty outside of one. */
  readonly place: string;
  readonly from: number;
  /** When it was done, with what it has passed the request on to. */
  readonly to: number;
  /** `passed on`, `answered 404`, `threw HTTP_…`, or `unfinished`. */
  readonly outcome: string;
  /** What it decides for such a request, and why. */
  readonly reasons: readonly string[];
}

/** A request that was kept. */
export interface TraceSummary {
  readonly id: string;
  /** When the request began, in milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly host: string;
  /** Without credentials, as in the access log. */
  readonly url: string;
  readonly client: string;
  readonly site: string | null;
  readonly route: string | null;
  /** 0 if none was sent. */
  readonly status: number;
  /** How it ended, see `Outcome`. */
  readonly end: string;
  /** Milliseconds until the last byte. */
  readonly duration: number;
  /** The rule that kept it. */
  readonly rule: string;
}

/** A request with every step. */
export interface Trace extends TraceSummary {
  /** Without credentials. */
  readonly requestHeaders: readonly (readonly [name: string, value: string])[];
  readonly responseHeaders: readonly (readonly [name: string, value: string])[];
  readonly steps: readonly TraceStep[];
  /** What happened in between. */
  readonly events: readonly { readonly at: number; readonly text: string }[];
  /** Whether steps were left out, because there were too many. */
  readonly isCut: boolean;
}
