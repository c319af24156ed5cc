import { duration, orAlone } from '@windhover/config';
import type { HttpRequest } from '@windhover/core';
import type { Feature, Reason } from '@windhover/core/feature';
import { type CorsDecision, type CorsOptions, cors, corsPolicy, decideCors } from '@windhover/headers';
import { z } from 'zod';

const texts = z.array(z.string()).min(1);
const textsOrAny = z.union([z.literal('any'), texts]);

const schema = orAlone(
  'origins',
  z.strictObject({
    origins: z
      .union([z.string(), texts])
      .describe(
        'The origins whose pages may read answers: https://app.example.com, https://*.example.com, or "*" for every page.',
      ),
    credentials: z
      .boolean()
      .exactOptional()
      .describe('Whether pages may send cookies and logins. Default: false, since such a page acts as its user.'),
    methods: textsOrAny
      .exactOptional()
      .describe('Methods that pages may use. Default: GET, HEAD and POST, which browsers send without asking.'),
    headers: textsOrAny
      .exactOptional()
      .describe('Request headers that pages may set. Default: Content-Type, for JSON.'),
    exposedHeaders: texts
      .exactOptional()
      .describe('Response headers that pages may read. Default: only those that every page may read.'),
    maxAge: duration()
      .nullable()
      .exactOptional()
      .describe('How long a browser may reuse the answer to a preflight. Default: 5m. null: the browser decides.'),
    privateNetwork: z
      .boolean()
      .exactOptional()
      .describe('Whether pages on the internet may call a server in a private network. Default: false.'),
  }),
).describe('Lets pages of other origins read answers (CORS). Preflights are answered before anybody has to log in.');

/** `cors`: allows pages of other origins to read answers. */
export const corsFeature: Feature<z.output<typeof schema>> = {
  name: 'cors',
  levels: ['top', 'site', 'route'],
  phases: ['shield'],
  combine: 'replace',
  schema,
  create: ({ origins, maxAge, ...options }) => {
    const policy: CorsOptions = {
      ...options,
      origins: typeof origins !== 'string' || origins === '*' ? (origins as '*' | readonly string[]) : [origins],
      ...(maxAge === undefined ? {} : { maxAgeMs: maxAge }),
    };
    const run = cors(policy);
    const resolved = corsPolicy(policy);
    return {
      layers: [{ phase: 'shield', run, explain: (request) => [reasonFor(decideCors(request, resolved), request)] }],
    };
  },
};

function reasonFor(decision: CorsDecision, { headers }: HttpRequest): Reason {
  const origin = headers.get('origin') ?? 'every page';
  switch (decision.kind) {
    case 'preflight':
      return {
        decision: 'answers the preflight with 204',
        because: `${origin} is allowed`,
        answers: true,
        status: 204,
      };
    case 'allowed':
      return { decision: 'lets the page read the answer', because: `${origin} is allowed` };
    case 'refused':
      if (decision.isPreflight)
        return { decision: 'refuses the preflight with 403', because: decision.because, answers: true, status: 403 };
      return { decision: 'keeps the page from reading the answer', because: decision.because };
    case 'none':
      return { decision: 'passes the request on', because: 'it does not come from a page of another origin' };
  }
}
