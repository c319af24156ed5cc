import {
  type CompressionOptions,
  type CompressionRules,
  compression,
  compressionRules,
  decideCompression,
} from '@windhover/compression';
import { duration, size } from '@windhover/config';
import { type HttpRequest, HttpResponse } from '@windhover/core';
import type { Feature, Reason } from '@windhover/core/feature';
import { z } from 'zod';

const level = (max: number, described: string, min = 1) =>
  z.int().min(min).max(max).exactOptional().describe(described);

const schema = z
  .union([
    z.literal(true),
    z.strictObject({
      types: z
        .array(z.string())
        .min(1)
        .exactOptional()
        .describe(
          'The media types to compress, such as text/*. Default: text, JSON, XML, SVG, WebAssembly and the like.',
        ),
      minSize: size()
        .exactOptional()
        .describe(
          'Smaller bodies are sent uncompressed. Default: 1KiB, because such a body fits into one packet anyway.',
        ),
      encodings: z
        .array(z.enum(['br', 'zstd', 'gzip', 'deflate']))
        .min(1)
        .exactOptional()
        .describe(
          'The codings to offer; of those that a client likes equally, the first is used. Default: br, zstd (since Node 22.15), gzip, deflate.',
        ),
      levels: z
        .strictObject({
          br: level(11, 'Default: 4.', 0),
          zstd: level(19, 'Default: 3.'),
          gzip: level(9, 'Default: 6.'),
          deflate: level(9, 'Default: 6.'),
        })
        .exactOptional()
        .describe('How hard to compress. The defaults cost about the same time for an answer of 16 KB.'),
      flush: duration()
        .nullable()
        .exactOptional()
        .describe(
          'How long the bytes of a slow body may wait for more. Default: 50ms, which nobody notices; server-sent events never wait. null: as long as the encoder likes.',
        ),
      maxEncoders: z
        .int()
        .min(0)
        .nullable()
        .exactOptional()
        .describe(
          'How many bodies above 32 KiB are compressed at a time; the rest is sent as it is. Default: 256, because each takes up to 0.9 MB.',
        ),
      breach: z
        .enum(['cross-site', 'credentials', 'off'])
        .exactOptional()
        .describe(
          'Which requests with cookies or a login get an uncompressed answer, so that nobody can measure how well a guess compresses next to a secret (BREACH). Default: cross-site, those that a page of another site has sent.',
        ),
    }),
  ])
  .describe(
    'Compresses answers, for clients that accept it. An answer that is compressed already, or a part of a file, stays as it is.',
  );

/** `compress`: compresses answers. */
export const compressFeature: Feature<z.output<typeof schema>> = {
  name: 'compress',
  levels: ['top', 'site', 'route'],
  phases: ['encode'],
  combine: 'replace',
  schema,
  create(options, { clock }) {
    const given = { ...(options === true ? {} : toOptions(options)), clock };
    const rules = compressionRules(given);
    const run = compression(given);
    return { layers: [{ phase: 'encode', run, explain: (request) => [reasonFor(request, rules)] }] };
  },
};

/** What happens to an answer that is worth compressing: the request does not tell what the answer will be. */
function reasonFor(request: HttpRequest, rules: CompressionRules): Reason {
  const example = new HttpResponse();
  example.status = 200;
  example.headers.set('Content-Type', 'text/html');
  const { encoding, reason } = decideCompression(request, example, null, { ...rules, isCompressible: () => true });
  if (encoding !== null)
    return { decision: `compresses the answer with ${encoding} if it shrinks`, because: 'the client accepts it' };
  const decision = 'leaves the answer as it is';
  if (reason === 'breach') return { decision, because: 'the request has credentials and may come from an attacker' };
  if (reason === 'no-transform') return { decision, because: 'the client forbids to change it' };
  return { decision, because: `the client accepts none of ${rules.encodings.join(', ')}` };
}

function toOptions({ minSize, flush, levels, ...same }: Exclude<z.output<typeof schema>, true>): CompressionOptions {
  return {
    ...same,
    ...(levels === undefined ? {} : { levels }),
    ...(minSize === undefined ? {} : { minBytes: minSize }),
    ...(flush === undefined ? {} : { flushMs: flush }),
  };
}
