import type { Feature, HttpLayer } from '@windhover/core/feature';
import {
  cspReports,
  insertNonce,
  policyOf,
  privatePages,
  type SecurityHeadersOptions,
  securityHeaderDefaults,
  securityHeaders,
} from '@windhover/headers';
import { z } from 'zod';

const header = (name: keyof typeof securityHeaderDefaults) => {
  const [field, usual] = securityHeaderDefaults[name];
  return z
    .union([z.string().min(1), z.literal(false)])
    .exactOptional()
    .describe(`The value of ${field}; false: it is not sent. Default: ${usual ?? 'not sent'}.`);
};

const directive = z.union([z.boolean(), z.string().min(1), z.array(z.string().min(1)).min(1)]);
const policy = z.strictObject({
  directives: z
    .record(z.string(), directive)
    .exactOptional()
    .describe(
      'Directives and their sources: `{ script-src: ["\'self\'", nonce] }`. `nonce` stands for the nonce of the answer. They are added to the usual ones. Default: the usual ones, which allow what comes from the own origin.',
    ),
  withoutDefaults: z.boolean().exactOptional().describe('Whether the usual directives are left out. Default: false.'),
  reportOnly: z.boolean().exactOptional().describe('Whether browsers only report what is forbidden. Default: false.'),
  reportTo: z
    .string()
    .min(1)
    .exactOptional()
    .describe(
      'Where browsers send reports: a path or an https address. Default: with `reports`, its path; otherwise nowhere.',
    ),
});

const schema = z
  .preprocess(
    (given) => (given === true ? {} : given),
    z.strictObject({
      contentSecurityPolicy: z
        .union([z.boolean(), policy])
        .exactOptional()
        .describe(
          'What pages may load. true: the usual strict set, which stops inline scripts. Default: false, because it has to fit the pages.',
        ),
      insertNonce: z
        .string()
        .min(1)
        .exactOptional()
        .describe(
          'A text in HTML pages, such as `__nonce__`, in whose place the nonce is written. Such pages are marked `private`. Default: none.',
        ),
      reports: z
        .string()
        .startsWith('/')
        .exactOptional()
        .describe(
          'A path at which this server takes reports of browsers about the policy, and logs them. Default: none.',
        ),
      crossOriginOpenerPolicy: header('crossOriginOpenerPolicy'),
      crossOriginResourcePolicy: header('crossOriginResourcePolicy'),
      crossOriginEmbedderPolicy: header('crossOriginEmbedderPolicy'),
      originAgentCluster: header('originAgentCluster'),
      referrerPolicy: header('referrerPolicy'),
      strictTransportSecurity: header('strictTransportSecurity'),
      contentTypeOptions: header('contentTypeOptions'),
      dnsPrefetchControl: header('dnsPrefetchControl'),
      downloadOptions: header('downloadOptions'),
      frameOptions: header('frameOptions'),
      permittedCrossDomainPolicies: header('permittedCrossDomainPolicies'),
      xssProtection: header('xssProtection'),
      permissionsPolicy: header('permissionsPolicy'),
      hidePoweredBy: z.boolean().exactOptional().describe('Whether X-Powered-By is removed. Default: true.'),
    }),
  )
  .describe(
    'Sends the headers that make browsers careful, on every answer: the set that helmet has made usual. What an application has set stays as it is.',
  );

/** `securityHeaders`: headers that make browsers careful. */
export const securityHeadersFeature: Feature<z.output<typeof schema>> = {
  name: 'securityHeaders',
  levels: ['top', 'site', 'route'],
  phases: ['edge', 'shield', 'transform'],
  combine: 'replace',
  schema,
  create({ insertNonce: placeholder, reports, ...given }, { log, clock }) {
    const options = withReports(given, reports);
    const layers: HttpLayer[] = [
      {
        phase: 'edge',
        run: securityHeaders(options),
        explain: (_request, { scheme }) => [
          {
            decision: `sends ${namesOf(options, scheme === 'https').join(', ')}`,
            because: 'unless the application has set them',
          },
        ],
      },
    ];
    if (reports !== undefined) {
      const onReport = (report: object): void => log.warn('A browser reports a breach of the policy', { report });
      layers.push({ phase: 'shield', run: cspReports({ path: reports, onReport, clock }) });
    }
    // Inside of the cache, which must not store a nonce.
    if (policyOf(options.contentSecurityPolicy ?? false)?.needsNonce === true)
      layers.push({ phase: 'transform', run: privatePages() });
    if (placeholder !== undefined) layers.push({ phase: 'transform', run: insertNonce(placeholder) });
    return { layers };
  },
};

/** Reports that are taken here come here, unless the policy sends them elsewhere. */
function withReports(options: SecurityHeadersOptions, reports: string | undefined): SecurityHeadersOptions {
  const { contentSecurityPolicy = false } = options;
  if (reports === undefined || contentSecurityPolicy === false) return options;
  return {
    ...options,
    contentSecurityPolicy: { reportTo: reports, ...(contentSecurityPolicy === true ? {} : contentSecurityPolicy) },
  };
}

function namesOf(options: SecurityHeadersOptions, isHttps: boolean): string[] {
  const fixed = Object.entries(securityHeaderDefaults).flatMap(([name, [field, usual]]) => {
    const value = options[name as keyof typeof securityHeaderDefaults] ?? usual;
    return value === null || value === false || (name === 'strictTransportSecurity' && !isHttps) ? [] : [field];
  });
  const policy = policyOf(options.contentSecurityPolicy ?? false);
  return policy === null ? fixed : [policy.header, ...fixed];
}
