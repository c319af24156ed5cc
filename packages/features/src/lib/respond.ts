import { HttpHeaders, HttpResponse, setAnswerFields } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';
import { z } from 'zod';

const redirects: readonly number[] = [301, 302, 303, 307, 308];
const bodiless: readonly number[] = [204, 205, 304];

const status = z.int().min(200).max(599);
const options = z
  .strictObject({
    status: status.default(200).describe('The status. Default: 200.'),
    body: z.string().exactOptional().describe('The content, as text. Default: none.'),
    headers: z
      .record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]))
      .default({})
      .describe('Fields of the answer. A body is text/plain unless they say otherwise.'),
  })
  .superRefine(({ status, body, headers }, context) => {
    const refuse = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    if (bodiless.includes(status) && body !== undefined) refuse(['body'], `expected no body with the status ${status}`);
    for (const [name, value] of Object.entries(headers)) {
      if (!canSend(name, value))
        refuse(['headers', name], 'expected a header that a handler may set, in characters that can be sent');
    }
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    if (redirects.includes(status) && !names.includes('location')) {
      refuse(['status'], 'expected a `location` among the headers of a redirect');
    }
  });
const schema = z
  .union([
    status.transform((value): z.input<typeof options> => ({ status: value })).pipe(options),
    z
      .string()
      .transform((body): z.input<typeof options> => ({ body }))
      .pipe(options),
    options,
  ])
  .describe('Gives a fixed answer: a number is its status, a text its body.');

/**
 * `respond`: always gives the same answer. A number is the status, a text the body. For health checks, redirects, or a page that says a
 * site has moved.
 */
export const respondFeature: Feature<z.output<typeof schema>> = {
  name: 'respond',
  levels: ['route'],
  phases: ['origin'],
  combine: 'replace',
  schema,
  create({ status, body, headers }) {
    const fixed = new HttpHeaders(headers);
    if (body !== undefined && !fixed.has('content-type')) fixed.set('Content-Type', 'text/plain; charset=utf-8');
    return {
      layers: [
        {
          phase: 'origin',
          run: function respond({ response }) {
            response.status = status;
            setAnswerFields(response.headers, fixed);
            response.body = body ?? null;
          },
          explain: () => [
            { decision: `answers ${status}`, because: 'its answer is always the same', answers: true, status },
          ],
        },
      ],
    };
  },
};

function canSend(name: string, value: string | readonly string[]): boolean {
  try {
    new HttpResponse().headers.set(name, value);
    return true;
  } catch {
    return false; // CORE_HEADER_INVALID or CORE_HEADER_FRAMING, the only errors it throws
  }
}
