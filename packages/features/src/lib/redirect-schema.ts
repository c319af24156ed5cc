import type { CanonicalOptions } from '@windhover/rewrite';
import { z } from 'zod';
import { redirectStatus, ruleMatch, ruleTarget } from './rule-schema.ts';

const port = z.int().min(1).max(65_535);
const canonicalStatus = redirectStatus
  .exactOptional()
  .describe('Default: 308, which keeps the method and is remembered by browsers. 307 is not remembered.');

const canonical = z
  .strictObject({
    https: z
      .union([
        z.boolean(),
        port,
        z.strictObject({
          port: port.exactOptional().describe('The port of the HTTPS listener, as clients reach it. Default: 443.'),
          status: canonicalStatus,
        }),
      ])
      .exactOptional()
      .describe(
        'Sends everything to HTTPS; a number is the port of the HTTPS listener, as clients reach it. Default: false.',
      ),
    host: z
      .string()
      .min(1)
      .exactOptional()
      .describe(
        'The one host name of the site; or `www` and `no-www`, which add `www.` or take it away. Default: any.',
      ),
    trailingSlash: z
      .enum(['add', 'remove'])
      .exactOptional()
      .describe('Whether paths end with a slash. Names of files, which have a dot, get none. Default: as they are.'),
    lowerCase: z.boolean().exactOptional().describe('Whether paths are written in lower case. Default: false.'),
    status: canonicalStatus,
  })
  .refine((given) => Object.keys(given).some((key) => key !== 'status'), {
    error: 'expected one of `https`, `host`, `trailingSlash` and `lowerCase`; or `from` and `to`; or `map`',
  });

const map = z.strictObject({
  map: z
    .string()
    .min(1)
    .describe(
      'A file with a line `old new` for each page, separated by a comma or spaces, and a status after it if wanted.',
    ),
  status: redirectStatus.exactOptional().describe('The status of lines without one. Default: 301, for good.'),
  ignoreCase: z
    .boolean()
    .exactOptional()
    .describe('Whether upper and lower case of paths are the same. Default: false.'),
  query: z.enum(['keep', 'drop']).exactOptional().describe('Whether the query of the request is kept. Default: keep.'),
});

const rule = z
  .strictObject({
    ...ruleMatch,
    ...ruleTarget,
    status: redirectStatus
      .exactOptional()
      .describe('Default: 307, which browsers do not remember. 301 or 308 once it is right for good.'),
  })
  .refine(({ from, pattern }) => from === undefined || pattern === undefined, {
    error: 'expected either `from` or `pattern`',
  });

/** Addresses that a word makes canonical. */
export const redirectPresets = {
  https: { https: true },
  www: { host: 'www' },
  'no-www': { host: 'no-www' },
  'trailing-slash': { trailingSlash: 'add' },
  'no-trailing-slash': { trailingSlash: 'remove' },
  'lower-case': { lowerCase: true },
} as const satisfies Record<string, CanonicalOptions>;

const entry = z.union([z.enum(Object.keys(redirectPresets) as [keyof typeof redirectPresets]), canonical, map, rule]);

/** `redirect`: one entry, or a list of them. */
export const redirectSchema = z
  .union([entry, z.array(entry).min(1)])
  .describe(
    'Sends clients to another address: to HTTPS or one host by a word, pages that moved by `from` and `to`, thousands of them by a `map`. Several are given as a list. If a trusted proxy says that the client used HTTPS, `https` redirects no more.',
  );

/** One entry: a word, a canonical form, a map or a rule. */
export type RedirectEntry = z.output<typeof entry>;
