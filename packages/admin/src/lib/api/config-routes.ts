import { formatETag, parseETag } from '@windhover/http-semantics';
import { z } from 'zod';
import { unifiedDiff } from '../config-file/unified-diff.ts';
import { adminError } from '../errors.ts';
import { type AdminRoute, type RouteCall, type RouteHost, route } from './route.ts';
import { appliedSchema, configSchema, editionSchema, validationSchema } from './schemas.ts';

/** 1 MB, as for the whole body. */
const text = z.string().max(1024 * 1024);
/** A text of 1 MB fits in with its escapes, in bytes. */
const maxBytes = 2.5 * 1024 * 1024;
const note = z.string().max(500).default('');
const configure = { area: 'config', role: 'configure' } as const;

/** The configuration. Its text may hold secrets, so only who may change it may read it. */
export const configRoutes: readonly AdminRoute[] = [
  {
    ...{ ...configure, method: 'GET', path: '/config', action: null, answer: configSchema },
    summary: 'The text of the configuration, and its state',
    async run({ host, context }) {
      const config = await host.target.config!.read();
      context.response.headers.set('ETag', formatETag(config.hash));
      return config;
    },
  },
  route({
    ...{ ...configure, method: 'POST', path: '/config/validate', action: null, answer: validationSchema },
    summary: 'What is wrong with a text, which is not used',
    body: z.strictObject({ text }),
    maxBytes,
    run: ({ host, body }) => host.target.config!.validate(body.text),
  }),
  route({
    ...{ ...configure, method: 'PUT', path: '/config', action: 'apply configuration', answer: appliedSchema },
    summary: 'Use a text from now on; if that fails, nothing changes',
    maxBytes,
    body: z.strictObject({ text, hash: z.string().max(100).exactOptional(), note }),
    detail: ({ body }) => body.note,
    run: ({ host, context, who, body }) =>
      host.target.config!.apply(body.text, body.hash ?? hashOf(context), { user: who.user, note: body.note }),
  }),
  {
    ...{ ...configure, method: 'GET', path: '/config/history', action: null, answer: z.array(editionSchema) },
    summary: 'Earlier texts, newest first',
    run: ({ host }) => host.target.config!.history(),
  },
  {
    ...{
      ...configure,
      method: 'GET',
      path: '/config/history/{id}',
      action: null,
      answer: z.object({ text: z.string() }),
    },
    summary: 'An earlier text',
    run: async ({ host, names: [id] }) => ({ text: await editionOf(host, id!) }),
  },
  {
    ...{ ...configure, method: 'GET', path: '/config/history/{id}/diff', action: null },
    answer: z.object({ diff: z.string() }),
    summary: 'What has changed since an earlier text, as a unified diff',
    query: { to: 'Another edition; default: the present text' },
    run: ({ host, names: [id], query }) => diff(host, id!, query.get('to')),
  },
  route({
    ...{ ...configure, method: 'POST', path: '/config/history/{id}/rollback', action: 'roll back configuration' },
    answer: appliedSchema,
    summary: 'Use an earlier text again',
    body: z.strictObject({ hash: z.string().max(100).exactOptional(), note }).prefault({}),
    detail: ({ body }) => body.note,
    async run({ host, context, names: [id], who, body }) {
      await editionOf(host, id!);
      const hash = body.hash ?? hashOf(context);
      return host.target.config!.rollback(id!, hash, { user: who.user, note: body.note });
    },
  }),
];

async function editionOf({ target }: RouteHost, id: string): Promise<string> {
  const found = await target.config!.edition(id);
  if (found === null) throw adminError('ADMIN_UNKNOWN', `the edition ${JSON.stringify(id)}`);
  return found;
}

async function diff(host: RouteHost, id: string, to: string | null): Promise<{ readonly diff: string }> {
  const before = await editionOf(host, id);
  const after = to === null ? (await host.target.config!.read()).text : await editionOf(host, to);
  return { diff: unifiedDiff(before, after, { from: id, to: to ?? 'present' }) };
}

/** `If-Match` may name what is replaced, instead of `hash`. */
function hashOf({ request }: RouteCall['context']): string {
  const tag = parseETag(request.headers.get('if-match') ?? '');
  if (tag === null) throw adminError('ADMIN_REQUEST_INVALID', 'expected `hash` or `If-Match`: what the text replaces');
  return tag.value;
}
