import { isSecretField, redacted } from '@windhover/access-log';
import type { HeaderChanges } from '@windhover/headers';
import { z } from 'zod';

const fields = z.record(z.string(), z.string());

/** The keys that change headers. */
export const headerFields = {
  set: fields
    .exactOptional()
    .describe(
      'Headers in place of others of the same name. Values may hold `{client}`, `{host}`, `{header.accept}`. Default: none.',
    ),
  add: fields.exactOptional().describe('Headers beside others of the same name. Default: none.'),
  default: fields.exactOptional().describe('Headers that are set only if there are none of the name. Default: none.'),
  remove: z.array(z.string()).min(1).exactOptional().describe('Headers to leave out. Default: none.'),
};

/** What the changes do, for `explain`. */
export function describeChanges({ set = {}, add = {}, default: missing = {}, remove = [] }: HeaderChanges): string[] {
  const pairs = (verb: string, all: Readonly<Record<string, string>>): string[] =>
    Object.entries(all).map(
      ([name, value]) => `${verb} ${name}: ${isSecretField(name.toLowerCase()) ? redacted : value}`,
    );
  return [
    ...remove.map((name) => `removes ${name}`),
    ...pairs('sets', set),
    ...pairs('adds', add),
    ...pairs('sets if missing', missing),
  ];
}
