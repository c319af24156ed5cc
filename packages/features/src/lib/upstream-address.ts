import { parseOrigin } from '@windhover/http-client';
import { z } from 'zod';

/** The address of an upstream. */
export const originSchema = z.string().superRefine(checkOrigin).meta({ title: 'the address of an upstream' });

/** An address, or the name of an upstream that the top level defines. */
export const nameOrOrigin = z
  .string()
  .superRefine((text, context) => {
    if (isOrigin(text)) checkOrigin(text, context);
  })
  .meta({ title: 'the name or address of an upstream' });

/** Whether a text is an address: names of upstreams contain neither `:` nor `/`. */
export function isOrigin(text: string): boolean {
  return /[:/]/.test(text);
}

function checkOrigin(text: string, context: z.RefinementCtx): void {
  if (isValid(text)) return;
  const suggestion = isValid(`http://${text}`) ? `http://${text}` : undefined; // for `localhost:3000`
  context.addIssue({ code: 'custom', message: expected, params: { suggestion } });
}

const expected =
  'expected `http://host:port`, `https://host:port` or `unix:/path/to.socket`, without path and credentials';

function isValid(text: string): boolean {
  try {
    parseOrigin(text);
    return true;
  } catch {
    return false; // CLIENT_ORIGIN_INVALID, the only error it throws
  }
}
