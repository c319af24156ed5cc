import { duration, OptionsError } from '@windhover/config';
import { composeLayers, type Feature } from '@windhover/core/feature';
import { type Branch, type SplitOptions, split } from '@windhover/proxy';
import { z } from 'zod';

const text = z.string().min(1);
const conditions = z.record(z.string(), z.union([text, z.literal(true)]));

const branch = z.looseObject({
  name: text.exactOptional().describe('Its name in the cookie. Default: its number, from 1 on.'),
  weight: z
    .number()
    .min(0)
    .exactOptional()
    .describe('Its share of the requests that no `when` decides about, compared with the others. Default: 0.'),
  when: z
    .strictObject({
      headers: conditions.exactOptional().describe('Headers that a request must have: a value, or true for any.'),
      cookies: conditions.exactOptional().describe('Cookies that a request must have: a value, or true for any.'),
    })
    .exactOptional()
    .describe('Requests that have all of this take it, whatever its weight. Default: none do.'),
});

const branches = z.array(branch).min(2);

const full = z.strictObject({
  to: branches.describe(
    'The ways that requests may take. Each has any features of a route beside `weight`: `proxy: shop`.',
  ),
  cookie: text
    .exactOptional()
    .describe('A cookie that keeps a client on its way. Default: each request is decided anew.'),
  secret: text.exactOptional().describe('Signs the cookie, so that clients cannot choose. Default: they can.'),
  maxAge: duration(1).exactOptional().describe('How long the cookie lives. Default: until the browser is closed.'),
});

const schema = z
  .union([branches.transform((to): z.output<typeof full> => ({ to })), full])
  .describe(
    'Sends shares of the requests different ways, for a new version or an experiment: `split: [{ weight: 95, proxy: shop }, { weight: 5, proxy: next }]`.',
  );

/** `split`: sends shares of the requests different ways. */
export const splitFeature: Feature<z.output<typeof schema>> = {
  name: 'split',
  levels: ['route'],
  phases: ['origin'],
  combine: 'replace',
  schema,
  async create({ to, cookie, secret, maxAge }, { nested }) {
    const made: Branch[] = [];
    for (const [index, { name = String(index + 1), weight, when, ...features }] of to.entries()) {
      const layers = await nested(features, [index]);
      if (!layers.some(({ phase }) => phase === 'origin'))
        throw refuse(index, 'expected a feature that answers, such as `proxy` or `static`');
      const own = { ...(weight === undefined ? {} : { weight }), ...(when === undefined ? {} : { when }) };
      made.push({ name, run: composeLayers(layers), ...(own as Pick<Branch, 'weight' | 'when'>) });
    }
    if (!made.some(({ weight = 0 }) => weight > 0)) throw refuse(0, 'expected a `weight` above 0 at one of them');
    const options: SplitOptions = {
      ...(cookie === undefined ? {} : { cookie }),
      ...(secret === undefined ? {} : { secret }),
      ...(maxAge === undefined ? {} : { maxAgeMs: maxAge }),
    };
    const total = made.reduce((sum, { weight = 0 }) => sum + weight, 0);
    const shares = made.map(({ name, weight = 0 }) => `${name}: ${Math.round((weight / total) * 1000) / 10} %`);
    const reason = { decision: `sends it one of ${made.length} ways`, because: shares.join(', '), answers: true };
    return { showsOtherPaths: true, layers: [{ phase: 'origin', run: split(made, options), explain: () => [reason] }] };
  },
};

function refuse(index: number, message: string): OptionsError {
  return new OptionsError([{ path: [index], message }]);
}
