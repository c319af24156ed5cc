import { z } from 'zod';

const field = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, { error: 'expected the name of a field, such as x-api-key' });

/** What a limit counts together. */
export const limitBy = z
  .union([
    z.enum(['client', 'user', 'route', 'all']),
    z.strictObject({ header: field.describe('The name of the field, such as x-api-key.') }),
  ])
  .describe(
    'What is counted together: the requests of a client address, of a user (by address while nobody is logged in), of the route, all, or those with one value of a field. Default: client.',
  );
