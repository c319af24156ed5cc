import { type Clock, type HttpContext, type Middleware, systemClock } from '@windhover/core';
import { anyText, checkOptions, type Rules, rule, withFunctions } from '@windhover/options';
import { headersError } from './errors.ts';

/** What a browser has reported: something that a policy forbids. */
export interface CspReport {
  /** The page. */
  readonly documentUrl: string;
  /** What was blocked: an address, `inline` or `eval`. */
  readonly blockedUrl: string;
  /** The directive that blocked it. */
  readonly directive: string;
  readonly sourceFile: string;
  readonly lineNumber: number | null;
  /** `report` for a policy that only reports. */
  readonly disposition: string;
}

/** How `cspReports` takes reports. */
export interface CspReportsOptions {
  /** Is told each report. */
  readonly onReport: (report: CspReport) => void;
  /** The path that browsers send reports to. Default: `/csp-reports`. */
  readonly path?: string;
  /** Default: the system's. */
  readonly clock?: Pick<Clock, 'now'>;
}

const optionRules: Rules<CspReportsOptions> = {
  onReport: rule('a function', (value) => typeof value === 'function'),
  path: anyText,
  clock: withFunctions(['now']),
};

/** A report is a few hundred bytes; a browser sends some together. */
const maxBytes = 64 * 1024;
/** Anybody can send reports, so no more are told than somebody can read. */
const maxPerMinute = 100;

/**
 * Takes the reports of browsers about a Content-Security-Policy, in both formats that they use. At most 100 in a minute
 * are told; others are taken and forgotten. Throws `HEADERS_OPTION_INVALID` when it is created.
 */
export function cspReports(options: CspReportsOptions): Middleware<HttpContext> {
  checkOptions(options, optionRules, (fault) => headersError('HEADERS_OPTION_INVALID', `cspReports(): ${fault}`));
  const { onReport, path = '/csp-reports', clock = systemClock } = options;
  let minute = 0;
  let told = 0;
  return function cspReports(context, next) {
    const { request, response } = context;
    if (request.path !== path) return next(context);
    if (request.method !== 'POST') {
      response.headers.set('Allow', 'POST');
      response.status = 405;
      return;
    }
    return take(context, (report) => {
      const now = Math.floor(clock.now() / 60_000);
      if (now !== minute) [minute, told] = [now, 0];
      if (told++ < maxPerMinute) onReport(report);
    });
  };
}

async function take({ request, response }: HttpContext, tell: (report: CspReport) => void): Promise<void> {
  request.body.maxBytes = maxBytes;
  const json = await request.body.json().catch((error: unknown) => {
    if (!(error instanceof SyntaxError)) throw error;
    throw headersError('HEADERS_REPORT_INVALID', 'it is not JSON', error);
  });
  for (const report of (Array.isArray(json) ? json : [json]).flatMap(reportOf)) tell(report);
  response.status = 204;
}

/** The Reporting API sends a list of `{ type, body }`, `report-uri` one map with other names. */
function reportOf(json: unknown): CspReport[] {
  const { 'csp-report': old, type, body } = Object(json) as Record<string, unknown>;
  const fields = Object(old ?? (type === 'csp-violation' ? body : null)) as Record<string, unknown>;
  const text = (...names: string[]): string => {
    const value = names.map((name) => fields[name]).find((each) => typeof each === 'string');
    return ((value as string | undefined) ?? '').slice(0, 500);
  };
  const line = fields['lineNumber'] ?? fields['line-number'];
  const report: CspReport = {
    documentUrl: text('documentURL', 'document-uri'),
    blockedUrl: text('blockedURL', 'blocked-uri'),
    directive: text('effectiveDirective', 'effective-directive', 'violated-directive'),
    sourceFile: text('sourceFile', 'source-file'),
    lineNumber: typeof line === 'number' ? line : null,
    disposition: text('disposition'),
  };
  return report.directive === '' ? [] : [report];
}
