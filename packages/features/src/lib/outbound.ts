import { size } from '@windhover/config';
import type { Feature } from '@windhover/core/feature';
import { type OutboundRule, outbound } from '@windhover/rewrite';
import { z } from 'zod';

const text = z.string().min(1);
const to = z.string().describe('What takes its place, with values such as `{host}`; `{1}` is a group of `pattern`.');
const find = text.exactOptional().describe('A text; wherever it stands, `to` takes its place.');
const pattern = text
  .exactOptional()
  .describe('A regular expression, in place of `find`: the whole value becomes `to`.');
const either = { error: 'expected either `find` or `pattern`' };
const hasEither = (given: { find?: string; pattern?: string }): boolean =>
  (given.find === undefined) !== (given.pattern === undefined);

const rule = z.union([
  z.strictObject({ header: text.describe('A header of the answer.'), find, pattern, to }).refine(hasEither, either),
  z
    .strictObject({
      links: z
        .union([z.literal('all'), z.array(text).min(1)])
        .describe('Elements of HTML pages whose links are changed, such as `[a, img]`; `all` of them.'),
      find,
      pattern,
      to,
    })
    .refine(hasEither, either),
  z.strictObject({
    find: text.describe('A text of bodies; wherever it stands, `to` takes its place.'),
    to,
    types: z
      .array(text)
      .min(1)
      .exactOptional()
      .describe('Media types of the bodies; `text/*` is every text. Default: text/html.'),
  }),
]);

type Rule = z.output<typeof rule>;

const schema = z
  .union([
    z.array(rule).min(1),
    z.strictObject({
      rules: z.array(rule).min(1).describe('The rules.'),
      maxDecompressed: size()
        .exactOptional()
        .describe('The largest body that is decompressed to be changed. Default: 64MiB. A larger one fails.'),
    }),
  ])
  .describe(
    'Changes answers on their way out: values of headers, links of pages, texts of bodies, which stream through. What an application has compressed is decompressed first; `compress` compresses it again.',
  );

/** `outbound`: changes answers on their way out. */
export const outboundFeature: Feature<z.output<typeof schema>> = {
  name: 'outbound',
  levels: ['top', 'site', 'route'],
  phases: ['transform'],
  combine: 'add',
  takesList: true,
  schema,
  create(given) {
    const { rules, maxDecompressed } = 'rules' in given ? given : { rules: given, maxDecompressed: undefined };
    const options = maxDecompressed === undefined ? {} : { maxDecompressedBytes: maxDecompressed };
    const run = outbound(rules as readonly OutboundRule[], options);
    const reasons = rules.map((each) => ({ decision: describe(each), because: 'if it stands in the answer' }));
    return { layers: [{ phase: 'transform', run, explain: () => reasons }] };
  },
};

function describe(rule: Rule): string {
  const where = 'header' in rule ? `the header ${rule.header}` : 'links' in rule ? 'links' : 'bodies';
  return `replaces ${('pattern' in rule ? rule.pattern : undefined) ?? rule.find} in ${where}`;
}
