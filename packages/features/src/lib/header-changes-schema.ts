import { HttpHeaders } from '@windhover/core';
import { z } from 'zod';

const name = z.string().refine((text) => mayBeSent(text, ''), 'expected the name of a header');

/** Headers to set or to leave out. */
export const headerChanges = z.strictObject({
  set: z
    .record(z.string(), z.string())
    .superRefine((fields, context) => {
      for (const [field, value] of Object.entries(fields)) {
        if (mayBeSent(field, value) && !/^(?:host|upgrade)$/i.test(field)) continue;
        const message = 'expected a header that may be set, in characters that can be sent';
        context.addIssue({ code: 'custom', path: [field], message });
      }
    })
    .exactOptional()
    .describe('Headers to set, in place of others of the same name. Default: none.'),
  remove: z.array(name).exactOptional().describe('Headers to leave out. Default: none.'),
});

/** Only the server sets the headers that frame messages. */
function mayBeSent(field: string, value: string): boolean {
  try {
    new HttpHeaders(null, true).set(field, value);
    return true;
  } catch {
    return false; // CORE_HEADER_INVALID or CORE_HEADER_FRAMING
  }
}
