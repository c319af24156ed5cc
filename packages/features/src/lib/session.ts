import { duration } from '@windhover/config';
import type { Feature, HttpLayer, Services } from '@windhover/core/feature';
import { createMemorySessionStore, refuseCrossSite, type SessionOptions, session } from '@windhover/session';
import { z } from 'zod';
import { storesKind } from './stores.ts';

// The message says `found` itself, so that the secret is not shown.
const secret = z.string().refine((text) => text.length >= 32, {
  error: 'expected a secret of 32 characters or more, found a shorter one; `openssl rand -base64 32` makes one',
});
const origin = z.string().regex(/^https?:\/\/[^/?#\s]+$/, {
  error: 'expected an origin such as `https://app.example.com`, without path',
});

const schema = z
  .strictObject({
    keys: z
      .union([secret, z.array(secret).min(1)])
      .describe(
        'Secrets of 32 characters or more, best from a variable: the first is used, the others are still accepted, so that they can be rotated. The same for every server.',
      ),
    store: z
      .string()
      .min(1)
      .exactOptional()
      .describe(
        'Where sessions are: cookie, encrypted; memory of this process, which only works without workers; or the name of a store that servers share. Default: cookie.',
      ),
    idle: duration(1).exactOptional().describe('Ends a session after this time without a request. Default: 30m.'),
    maxAge: duration(1).exactOptional().describe('Ends a session at this age, whatever is done. Default: 8h.'),
    cookie: z
      .strictObject({
        name: z
          .string()
          .regex(/^[\w-]{1,64}$/, { error: 'expected letters, digits, - and _' })
          .exactOptional()
          .describe('Its name; over https it gets the prefix __Host-, or __Secure-. Default: session.'),
        sameSite: z
          .enum(['strict', 'lax', 'none'])
          .exactOptional()
          .describe('Which requests of other websites have it. Default: lax, links but no forms.'),
        domain: z
          .string()
          .min(1)
          .exactOptional()
          .describe('Shares it with the subdomains of this host. Default: the host alone.'),
        path: z
          .string()
          .regex(/^\//, { error: 'expected a path that begins with /' })
          .exactOptional()
          .describe('The paths that have it. Default: /.'),
        persistent: z.boolean().exactOptional().describe('Whether it outlives the browser. Default: false.'),
      })
      .exactOptional()
      .describe('The cookie.'),
    crossSite: z
      .union([z.enum(['refuse', 'allow']), z.array(origin)])
      .exactOptional()
      .describe(
        'Requests that change something and that another website has made a browser send (CSRF): refuse them, allow them, or allow those of the named origins. Default: refuse.',
      ),
  })
  .describe(
    'Remembers browsers from request to request, for authentication and for applications in this process. Nothing is kept and no cookie is sent before something is remembered.',
  );

type Options = z.output<typeof schema>;

const guarded = {
  decision: 'refuses what another website made a browser send',
  because: 'crossSite does not allow it',
};

/** `session`: remembers browsers from request to request. */
export const sessionFeature: Feature<Options> = {
  name: 'session',
  levels: ['top', 'site', 'route'],
  phases: ['auth'],
  combine: 'replace',
  schema,
  create({ keys, store = 'cookie', idle, maxAge, cookie, crossSite = 'refuse' }, services) {
    const { clock, log } = services;
    const options: SessionOptions = {
      keys,
      log,
      clock,
      ...(idle === undefined ? {} : { idleMs: idle }),
      ...(maxAge === undefined ? {} : { maxAgeMs: maxAge }),
      ...(cookie === undefined ? {} : { cookie }),
      ...storeOf(store, services),
    };
    const origins = Array.isArray(crossSite) ? crossSite : [];
    const reason = {
      decision: 'remembers the browser',
      because: `sessions are in ${store === 'cookie' ? 'its cookie' : store}`,
    };
    const layers: HttpLayer[] = [{ phase: 'auth', run: session(options), explain: () => [reason] }];
    if (crossSite !== 'allow')
      layers.unshift({ phase: 'auth', run: refuseCrossSite({ origins }), explain: () => [guarded] });
    return { layers };
  },
};

function storeOf(store: string, services: Services): Pick<SessionOptions, 'store'> {
  if (store === 'cookie') return {};
  if (store !== 'memory') return { store: services.resource(storesKind, store, ['store']).sessions };
  return { store: services.lease('memory', '', () => createMemorySessionStore({ clock: services.clock })) };
}
