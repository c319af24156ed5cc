import { duration, size } from '@windhover/config';
import { z } from 'zod';

const text = z.string().min(1);

const mayBeEmpty = z
  .boolean()
  .exactOptional()
  .describe('Whether an empty list may replace one that was not empty. Default: false; the old one stays.');

const entry = z
  .union([
    text,
    z.strictObject({
      domain: text.describe(
        'example.com is this name only, *.example.com all names below. The name must lead back to the address.',
      ),
    }),
    z.strictObject({
      file: text.describe('A file with an address, a network or a range in each line; # and ; begin comments.'),
      check: duration(1).exactOptional().describe('How often the file is looked at. Default: 1s.'),
      mayBeEmpty,
    }),
    z.strictObject({
      url: text.describe('The address of such a list. It is asked for while there are requests, with the tag it had.'),
      every: duration(1).exactOptional().describe('How often the list is asked for. Default: 1h.'),
      timeout: duration(1).exactOptional().describe('How long the answer may take. Default: 10s.'),
      maxSize: size(1).exactOptional().describe('The longest list. Default: 32MiB.'),
      mayBeEmpty,
      copy: text
        .exactOptional()
        .describe(
          'A file for the last good copy: used if the server cannot be reached at the start. Without one, Windhover does not start then. Default: none.',
        ),
      headers: z.record(text, z.string()).exactOptional().describe('Fields of the request, for example with a key.'),
    }),
  ])
  .describe(
    'An address, a network, a range, loopback, private, linklocal, unix, a domain, or a list from a file or URL.',
  );

const entries = z.union([entry, z.array(entry).min(1)]);

/** What filters of requests and of connections understand. */
const shared = {
  allow: entries.exactOptional().describe('Who is let in.'),
  deny: entries.exactOptional().describe('Who is kept out.'),
  rules: z
    .array(
      z
        .strictObject({
          allow: entries.exactOptional().describe('Who is let in.'),
          deny: entries.exactOptional().describe('Who is kept out.'),
        })
        .refine(({ allow, deny }) => (allow === undefined) !== (deny === undefined), {
          error: 'expected either `allow` or `deny`',
        }),
    )
    .min(1)
    .exactOptional()
    .describe('Rules in their order, as in IIS; in place of allow and deny.'),
  unlisted: z
    .enum(['allow', 'deny'])
    .exactOptional()
    .describe('Those whom no rule means. Default: deny if there are only rules that allow, allow otherwise.'),
  order: z
    .enum(['first', 'longest'])
    .exactOptional()
    .describe(
      'Which rule counts if several match: the first, or the one with the smallest network. Default: first for rules, longest for allow and deny.',
    ),
  names: z
    .strictObject({
      meanwhile: z
        .enum(['wait', 'allow', 'deny'])
        .exactOptional()
        .describe(
          'What happens to a request while the name of its client is looked up. Default: wait; others never do.',
        ),
      timeout: duration(1)
        .exactOptional()
        .describe('After this time a client counts as one without a name. Default: 2s.'),
      ttl: duration(1).exactOptional().describe('How long a name is remembered. Default: 1h.'),
      negativeTtl: duration(1).exactOptional().describe('How long it is remembered that there is none. Default: 5m.'),
      maxEntries: z.int().min(1).exactOptional().describe('How many addresses are remembered. Default: 10,000.'),
    })
    .exactOptional()
    .describe('How domain names are looked up.'),
  dryRun: z.boolean().exactOptional().describe('Only counts, and tells the logs; nobody is kept out. Default: false.'),
};

const hasRules = ({ rules, allow, deny }: { rules?: unknown; allow?: unknown; deny?: unknown }): boolean =>
  (rules !== undefined) !== (allow !== undefined || deny !== undefined);
const missing = { error: 'expected `allow`, `deny` or both, or `rules` in their place' };

/** The options of `connectionFilter`. */
export const connectionFilterSchema = z
  .strictObject(shared)
  .refine(hasRules, missing)
  .describe(
    'Lets in and keeps out connections by address, network and domain name: one that is kept out is reset before a byte is read, before its TLS handshake too.',
  );

/** The options of `ipFilter`. */
export const ipFilterSchema = z
  .strictObject({
    ...shared,
    by: z
      .enum(['client', 'connection'])
      .exactOptional()
      .describe(
        'Whose address counts: the one that trustedProxies has found, or that of the connection. Default: client.',
      ),
    answer: z
      .enum(['forbidden', 'unauthorized', 'notFound', 'abort'])
      .exactOptional()
      .describe('What refused requests get: 403, 401, 404, or a closed connection. Default: forbidden.'),
  })
  .refine(hasRules, missing)
  .describe(
    'Lets in and keeps out by address, network and domain name. Filters of outer levels hold too. For listeners there is connectionFilter.',
  );

export type ConnectionFilterSettings = z.output<typeof connectionFilterSchema>;
export type IpFilterSettings = z.output<typeof ipFilterSchema>;
