import { apiKey } from '@windhover/auth';
import { z } from 'zod';
import { defineScheme } from './auth-scheme-maker.ts';

const text = z.string().min(1);
const hash = z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: 'expected sha256: and 64 hexadecimal digits' });

const schema = z
  .strictObject({
    keys: z
      .record(text, z.union([hash, z.array(hash).min(1)]))
      .describe(
        'Names, each with the SHA-256 of its key: sha256: and 64 digits, as `printf %s "$KEY" | sha256sum` prints them. Several while one replaces another.',
      ),
    header: text.nullable().exactOptional().describe('The field that brings the key; null: none. Default: X-API-Key.'),
    query: text
      .exactOptional()
      .describe('The query parameter that brings it. URLs end up in logs, so prefer the field. Default: none.'),
    roles: z
      .record(text, z.array(text))
      .exactOptional()
      .describe('Roles, each with the names of those who have it. Default: none.'),
  })
  .describe('Keys of programs, in a field or a query parameter.');

/** `apiKey` of `auth`. */
export const apiKeyScheme = defineScheme<z.output<typeof schema>>({
  key: 'apiKey',
  schema,
  create({ keys, ...options }) {
    const { header = 'X-API-Key', query: parameter } = options;
    return {
      scheme: apiKey(keys, options),
      hasCredentials: ({ headers, query }) =>
        (header !== null && headers.has(header)) ||
        (parameter !== undefined && new URLSearchParams(query ?? '').has(parameter)),
    };
  },
});
