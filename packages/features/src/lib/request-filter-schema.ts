import { orAlone, size } from '@windhover/config';
import { z } from 'zod';

const text = z.string().min(1);
const extension = z.string().regex(/^\.[^./\\]*$/, { error: 'expected an extension such as .config, or . for none' });
const field = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, { error: 'expected the name of a field, such as x-api-key' });
const preset = z.enum(['iis-defaults', 'strict']);
const limit = z.union([size(), z.literal('unlimited')]);
const policy = z.enum(['allow', 'reject']);

const namesOf = (name: z.ZodType<string>) =>
  z.strictObject({
    allow: z.array(name).exactOptional().describe('Only these are let in. Default: all that are not refused.'),
    deny: z.array(name).exactOptional().describe('These are refused. Default: none.'),
    remove: z.array(name).exactOptional().describe('These are taken out of the list of a preset. Default: none.'),
  });

const rule = z
  .strictObject({
    name: text.describe('Its name in logs.'),
    deny: z.array(text).min(1).describe('Texts that are refused; letter case does not matter.'),
    scanUrl: z
      .boolean()
      .exactOptional()
      .describe('Whether the path is searched, as received and decoded. Default: false.'),
    scanQuery: z
      .boolean()
      .exactOptional()
      .describe('Whether the query is searched, as received and decoded. Default: false.'),
    scanHeaders: z.array(field).min(1).exactOptional().describe('The header fields that are searched. Default: none.'),
    scanAllRaw: z
      .boolean()
      .exactOptional()
      .describe('Whether the request line and all fields are searched as they stand. Default: false.'),
    denyUnescapedPercent: z
      .boolean()
      .exactOptional()
      .describe('Whether a % that begins no escape is refused in what scanUrl and scanQuery search. Default: true.'),
    extensions: z
      .array(extension)
      .exactOptional()
      .describe('The rule holds for paths with one of these extensions only. Default: for all.'),
  })
  .refine(({ scanUrl, scanQuery, scanHeaders, scanAllRaw }) => scanUrl || scanQuery || scanHeaders || scanAllRaw, {
    error: 'expected `scanUrl`, `scanQuery`, `scanHeaders` or `scanAllRaw`: a rule must search something',
  });

const strict = z.strictObject({
  except: z
    .array(
      z.enum([
        ...([
          'traversal',
          'sql',
          'command',
          'template',
          'xss',
          'scanner',
          'dotfiles',
          'java',
          'php',
          'injection',
        ] as const),
      ]),
    )
    .exactOptional()
    .describe('Kinds of attacks that are not looked for. Default: all are.'),
  headers: z
    .array(field)
    .exactOptional()
    .describe(
      'The header fields that are searched. Default: User-Agent, Referer, and those that log4j probes use most.',
    ),
});

/** The options of `requestFilter`. */
export const requestFilterSchema = orAlone(
  'preset',
  z.strictObject({
    preset: z
      .union([preset, z.array(preset).min(1)])
      .exactOptional()
      .describe(
        'Ready-made options: iis-defaults as IIS 10 ships it, strict against common attacks. Others come on top.',
      ),
    maxUrl: limit.exactOptional().describe('The longest path. Default: no limit; iis-defaults: 4,096 bytes.'),
    maxQuery: limit.exactOptional().describe('The longest query. Default: no limit; iis-defaults: 2,048 bytes.'),
    maxBody: limit
      .exactOptional()
      .describe('The largest body, announced or counted while it is read. Default: no limit; iis-defaults: 30MB.'),
    maxHeaders: z
      .record(field, size())
      .exactOptional()
      .describe('The longest value of single header fields; 0 refuses every request that has the field.'),
    verbs: namesOf(text).exactOptional().describe('Which methods are let in or refused. Default: all are let in.'),
    extensions: namesOf(extension)
      .exactOptional()
      .describe(
        'Which extensions of the last name in a path are let in or refused, the latter also before more names, as in /a.php/x; . stands for none. Default: all are let in.',
      ),
    hiddenSegments: orAlone(
      'deny',
      z.strictObject({
        deny: z.array(text).exactOptional().describe('Names that no segment of a path may have. Default: none.'),
        remove: z.array(text).exactOptional().describe('These are taken out of the list of a preset. Default: none.'),
      }),
    )
      .exactOptional()
      .describe('Names that no segment of a path may have, as in [bin, web.config]. Default: none.'),
    denyUrlSequences: z.array(text).exactOptional().describe('Texts that a path may not hold, as received or decoded.'),
    alwaysAllowedUrls: z
      .array(z.string().startsWith('/'))
      .exactOptional()
      .describe('Whole paths for which denyUrlSequences does not hold.'),
    denyQuerySequences: z
      .array(text)
      .exactOptional()
      .describe('Texts that a query may not hold, as received or decoded.'),
    alwaysAllowedQueries: z
      .array(z.string().regex(/^(?!\?)/, { error: 'expected a query without its ?' }))
      .exactOptional()
      .describe('Whole queries for which denyQuerySequences does not hold.'),
    allowDoubleEscaping: z
      .boolean()
      .exactOptional()
      .describe('Whether a path may change when it is decoded twice. Default: true; iis-defaults: false.'),
    allowPlus: z
      .boolean()
      .exactOptional()
      .describe(
        'Whether a path may have a +, which IIS takes for double escaping. Default: true; iis-defaults: false.',
      ),
    allowHighBit: z
      .boolean()
      .exactOptional()
      .describe('Whether a path may have characters outside of ASCII. Default: true.'),
    allowInvalidUtf8: z
      .boolean()
      .exactOptional()
      .describe('Whether a path may have octets that are not UTF-8, overlong forms among them. Default: false.'),
    encodedCharacters: z
      .strictObject({
        '%2f': policy.exactOptional().describe('A slash.'),
        '%5c': policy.exactOptional().describe('A backslash.'),
        '%00': policy.exactOptional().describe('NUL. The server itself refuses it in any case.'),
        '%3b': policy.exactOptional().describe('A semicolon.'),
        '%25': policy.exactOptional().describe('A percent sign.'),
        '%3f': policy.exactOptional().describe('A question mark.'),
        '%23': policy.exactOptional().describe('A number sign.'),
      })
      .exactOptional()
      .describe('Which escapes a path may have. Default: all are allowed.'),
    rules: z.array(rule).exactOptional().describe('Filtering rules: texts that are refused in parts of a request.'),
    strict: strict.exactOptional().describe('What the preset strict looks for.'),
    status: z
      .int()
      .min(400)
      .max(599)
      .exactOptional()
      .describe('The status of every refusal. Default: that of its kind, as in IIS.'),
    refuse: z
      .enum(['answer', 'drop'])
      .exactOptional()
      .describe('What a refused request gets: an answer, or a closed connection. Default: answer.'),
    dryRun: z
      .boolean()
      .exactOptional()
      .describe('Only counts, and tells the logs; nothing is refused. Default: false.'),
  }),
).describe(
  'Refuses requests by size, method, path, query and header fields, as the request filtering of IIS does, and by patterns of common attacks. The sub-status of IIS stands in the access log only. A filter of an inner level stands in for one of an outer level.',
);

export type RequestFilterSettings = z.output<typeof requestFilterSchema>;
