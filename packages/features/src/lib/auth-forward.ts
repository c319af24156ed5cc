import { forwardAuth } from '@windhover/auth';
import { duration, orAlone, size } from '@windhover/config';
import { z } from 'zod';
import { defineScheme } from './auth-scheme-maker.ts';

const text = z.string().min(1);
const schema = orAlone(
  'to',
  z.strictObject({
    to: z
      .url({ protocol: /^https?$/, error: 'expected a URL' })
      .describe('Where requests are decided about. It gets GET with X-Forwarded-* and X-Original-* of the request.'),
    user: text.exactOptional().describe('The field of a good answer with the name of the user. Default: Remote-User.'),
    roles: text.exactOptional().describe('The field with the roles, commas between. Default: Remote-Groups.'),
    copy: z
      .array(text)
      .exactOptional()
      .describe(
        "More fields of a good answer that the request gets. The client's own are removed in every case, under every spelling. Default: none.",
      ),
    send: z
      .array(text)
      .exactOptional()
      .describe(
        'Fields of the request that the service gets. Default: Authorization, Cookie, Accept, Accept-Language, User-Agent and X-Requested-With.',
      ),
    timeout: duration(1).exactOptional().describe('How long the service may take. Default: 5s.'),
    maxAnswer: size()
      .exactOptional()
      .describe('The longest answer that clients get from it. Default: 64KiB: a page for logging in.'),
    cache: duration()
      .exactOptional()
      .describe(
        'How long a good answer is remembered for the same question: address, method, URL and fields. Default: 0s, never.',
      ),
    cacheBy: z.array(text).exactOptional().describe('The fields that its answers depend on. Default: those of `send`.'),
  }),
).describe(
  'Lets another service decide: 2xx lets a request pass, any other answer goes to the client. It always answers, so it stands last in a list.',
);

/** `forward` of `auth`. */
export const forwardScheme = defineScheme<z.output<typeof schema>>({
  key: 'forward',
  schema,
  create({ to, user, roles, copy, send, timeout, maxAnswer, cache, cacheBy }, { clock }) {
    const scheme = forwardAuth(to, {
      clock,
      ...(user === undefined ? {} : { userHeader: user }),
      ...(roles === undefined ? {} : { rolesHeader: roles }),
      ...(copy === undefined ? {} : { copyHeaders: copy }),
      ...(send === undefined ? {} : { requestHeaders: send }),
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
      ...(maxAnswer === undefined ? {} : { maxAnswerBytes: maxAnswer }),
      ...(cache === undefined ? {} : { cacheMs: cache }),
      ...(cacheBy === undefined ? {} : { cacheBy }),
    });
    return { scheme, hasCredentials: () => true, dispose: () => scheme.close() }; // it always decides
  },
});
