import { signedUrl } from '@windhover/auth';
import { orAlone } from '@windhover/config';
import { z } from 'zod';
import { defineScheme } from './auth-scheme-maker.ts';

const text = z.string().min(1);
const schema = orAlone(
  'secret',
  z.strictObject({
    secret: z
      .union([text, z.array(text).min(1)])
      .describe('What URLs are signed with, 16 characters or more; several while one replaces another.'),
    methods: z
      .array(text)
      .min(1)
      .exactOptional()
      .describe('The methods such URLs may be used with. Default: GET and HEAD.'),
  }),
).describe('URLs that an application has signed with `signUrl` of @windhover/auth, for some time, a path or a client.');

/** `signedUrl` of `auth`. */
export const signedUrlScheme = defineScheme<z.output<typeof schema>>({
  key: 'signedUrl',
  schema,
  create: ({ secret, methods }, { clock }) => ({
    hasCredentials: ({ query }) => query?.includes('wh_') === true,
    scheme: signedUrl([secret].flat(), { clock, ...(methods === undefined ? {} : { methods }) }),
  }),
});
