import { compose, type HttpContext, HttpError } from '@windhover/core';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { cpuMsOf } from '../../../../scripts/lib/cpu-ms-of.ts';
import { createRouter, type Router } from './create-router.ts';
import { mount } from './mount.ts';
import { type RouteHandler, type RouteOptions, route } from './route.ts';
import { routeParamsKey } from './route-params.ts';

/** Answers with its route and parameters. */
const say =
  (name: string): RouteHandler<string> =>
  ({ response }, params) => {
    response.body = `${name} ${JSON.stringify(params)}`;
  };

const table = (...entries: string[]): Router =>
  createRouter(
    entries.map((entry) => {
      const [method, pattern] = entry.split(' ') as [string, string];
      return route(method === '*' ? method : method.split('|'), pattern, say(pattern));
    }),
  );

const ask = async (router: Router, init: string | RunInit): Promise<string> => {
  const { status, error, ...result } = await runHandler(router, init);
  return HttpError.is(error) ? `${status} ${error.code}` : `${status} ${new TextDecoder().decode(result.body)}`;
};

describe('createRouter()', () => {
  const router = table(
    'GET /',
    'GET /users',
    'GET /users/me',
    'GET /users/:id',
    'DELETE /users/:id',
    'GET /users/:id/posts/:post',
    'GET /docs/',
    'GET /files/*path',
    'POST /files/upload',
  );

  it.each([
    ['/', '/ {}'],
    ['/users', '/users {}'],
    ['/users/me', '/users/me {}'],
    ['/users/7', '/users/:id {"id":"7"}'],
    ['/users/7/posts/9?x=1', '/users/:id/posts/:post {"id":"7","post":"9"}'],
    ['/files/a/b%20c', '/files/*path {"path":"a/b c"}'],
    ['/files/', '/files/*path {"path":""}'],
    ['/docs/', '/docs/ {}'],
    ['/%75sers/%6De', '/users/me {}'],
    ['/x/../users', '/users {}'],
  ])('routes %s', async (url, answer) => expect(await ask(router, url)).toBe(`200 ${answer}`));

  it.each(['/Users', '/users/', '/users//', '//users', '/users/7/', '/docs', '/files', '/filesx', '/usersx', '//'])(
    'answers 404 for %s: whole segments, in their case, with their slash',
    async (url) => expect(await ask(router, url)).toBe('404 ROUTER_NOT_FOUND'),
  );

  it('lets a route without the method step aside for one that has it', async () => {
    expect(await ask(router, { method: 'DELETE', url: '/users/me' })).toBe('200 /users/:id {"id":"me"}');
    expect(await ask(router, { url: '/files/upload' })).toBe('200 /files/*path {"path":"upload"}');
  });

  it('prefers text to a parameter and a parameter to the rest, in any order of routes', async () => {
    for (const patterns of [
      ['/a/*r', '/a/:x', '/a/b'],
      ['/a/b', '/a/:x', '/a/*r'],
      ['/:x/b', '/a/*r', '/a/b'],
    ]) {
      const answer = await ask(createRouter(patterns.map((pattern) => route('GET', pattern, say(pattern)))), '/a/b');
      expect(answer).toBe('200 /a/b {}');
    }
  });

  it('keeps /a and /a/ apart, and finds what else takes the path', async () => {
    const both = table('GET /a', 'GET /a/', 'GET /*rest');
    expect(await ask(both, '/a')).toBe('200 /a {}');
    expect(await ask(both, '/a/')).toBe('200 /a/ {}');
    expect(await ask(table('GET /a', 'GET /*rest'), '/a/')).toBe('200 /*rest {"rest":"a/"}');
    expect(await ask(table('GET /:x', 'GET /*rest'), '/')).toBe('200 /*rest {"rest":""}');
  });

  it('finds every character that a path may hold', async () => {
    for (let code = 1; code < 256; code++) {
      const text = `a%${code.toString(16).padStart(2, '0')}z`;
      expect(await ask(table(`GET /x/${text}`), `/x/${text}`)).toBe(`200 /x/${text} {}`);
    }
  });

  it.each(['/__proto__', '/constructor', '/a/toString', '/hasOwnProperty/__proto__'])(
    'has nothing at %s',
    async (url) => {
      expect(await ask(table('GET /a'), url)).toBe('404 ROUTER_NOT_FOUND');
    },
  );

  it('is not slowed down by a path made to be slow', async () => {
    const deep = table('GET /:a/:b/:c/*d', 'GET /:a/x/:c/z', 'GET /x/:b/x/:d/y', 'GET /x/x/x/x/x/y');
    const context = { request: { method: 'PUT', path: '/x'.repeat(16_000) } } as unknown as HttpContext;
    const costMs = cpuMsOf(() => {
      for (let count = 0; count < 20; count++)
        expect(() => deep(context)).toThrow(expect.objectContaining({ code: 'ROUTER_METHOD_NOT_ALLOWED' }));
    });
    expect(costMs).toBeLessThan(1000);
  });
});

describe('the methods of a path', () => {
  const router = table('GET|PUT /a', 'POST /b', '* /any', 'OPTIONS|GET /own');

  it('answers HEAD as GET, and the body stays here', async () => {
    const result = await runHandler(router, { method: 'HEAD', url: '/a' });
    expect([result.status, result.declaredLength, result.text()]).toEqual([200, 5, '']);
  });

  it('answers 405 with Allow (RFC 9110 §15.5.6)', async () => {
    const result = await runHandler(router, { method: 'DELETE', url: '/a' });
    expect([result.status, result.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT, OPTIONS']);
    expect(await ask(router, { method: 'HEAD', url: '/b' })).toBe('405 ROUTER_METHOD_NOT_ALLOWED');
    expect(await ask(router, { method: 'get', url: '/a' })).toBe('405 ROUTER_METHOD_NOT_ALLOWED');
  });

  it('answers OPTIONS with Allow (RFC 9110 §9.3.7)', async () => {
    const result = await runHandler(router, { method: 'OPTIONS', url: '/b' });
    expect([result.status, result.headers.get('allow'), result.text()]).toEqual([204, 'POST, OPTIONS', '']);
    expect(await ask(router, { method: 'OPTIONS', url: '/own' })).toBe('200 /own {}');
    expect(await ask(router, { method: 'OPTIONS', url: '/any' })).toBe('200 /any {}');
    expect(await ask(router, { method: 'OPTIONS', url: '/gone' })).toBe('404 ROUTER_NOT_FOUND');
    expect(await ask(router, { method: 'OPTIONS', url: '*' })).toBe('404 ROUTER_NOT_FOUND');
  });

  it('gives * every method that no other route has', async () => {
    const mixed = createRouter([route('*', '/:a', say('rest')), route('GET', '/:b', say('get'))]);
    expect(await ask(mixed, '/1')).toBe('200 get {"b":"1"}');
    expect(await ask(mixed, { method: 'HEAD', url: '/1' })).toBe('200 ');
    expect(await ask(mixed, { method: 'PROPFIND', url: '/1' })).toBe('200 rest {"a":"1"}');
  });

  it('names every method that some route of the path has', async () => {
    const result = await runHandler(table('GET /users/me', 'DELETE /users/:id'), { method: 'PUT', url: '/users/me' });
    expect(result.headers.get('allow')).toBe('GET, HEAD, DELETE, OPTIONS');
  });
});

describe('a router as middleware', () => {
  const site = checkedCompose([table('GET /a')], ({ response }) => {
    response.body = 'next';
  });

  it('goes on when no route has the path', async () => {
    expect((await runHandler(site, '/b')).text()).toBe('next');
    expect((await runHandler(site, { method: 'OPTIONS', url: '*' })).text()).toBe('next');
  });

  it('answers itself when one has, with the method or without', async () => {
    expect((await runHandler(site, '/a')).text()).toBe('/a {}');
    expect((await runHandler(site, { method: 'PUT', url: '/a' })).status).toBe(405);
  });
});

describe('context.route', () => {
  const seen = async (router: Router, init: RunInit): Promise<string> => {
    let template = '';
    const look = (context: HttpContext, next: (context: HttpContext) => void | Promise<void>) => {
      context.onSent(() => {
        template = context.route;
      });
      return next(context);
    };
    await runHandler(compose<HttpContext>([look], router), init);
    return template;
  };

  it('is the template, not the path', async () => {
    const api = createRouter([mount('/api', createRouter([route('GET', '/users/:id', say(''))]))]);
    expect(await seen(api, { url: '/api/users/7' })).toBe('/api/users/:id');
    expect(await seen(api, { url: '/api/users/7', method: 'PUT' })).toBe('/api/users/:id');
    expect(await seen(api, { url: '/other' })).toBe('');
  });

  it('is set before the middleware of the route', async () => {
    let template = '';
    const note = (context: HttpContext, next: (context: HttpContext) => void | Promise<void>) => {
      template = context.route;
      return next(context);
    };
    await runHandler(createRouter([route('GET', '/:x', say(''), { middleware: [note] })]), '/a');
    expect(template).toBe('/:x');
  });
});

describe('the middleware of routes', () => {
  const layer =
    (name: string, log: string[]) => (context: HttpContext, next: (context: HttpContext) => void | Promise<void>) => {
      log.push(`${name}:${context.get(routeParamsKey)?.['id'] ?? ''}`);
      return next(context);
    };

  it('runs from the outside in: mount, router, route, and knows the parameters', async () => {
    const log: string[] = [];
    const inner = createRouter([route('GET', '/:id', say('x'), { middleware: [layer('route', log)] })], {
      middleware: [layer('inner', log)],
    });
    const outer = createRouter([mount('/in', inner, { middleware: [layer('mount', log)] })], {
      middleware: [layer('outer', log)],
    });
    expect(await ask(outer, '/in/7')).toBe('200 x {"id":"7"}');
    expect(log).toEqual(['outer:7', 'mount:7', 'inner:7', 'route:7']);
  });

  it('does not run for a path or method that has no route', async () => {
    const log: string[] = [];
    const router = createRouter([route('GET', '/a', say('a'))], { middleware: [layer('router', log)] });
    await ask(router, '/b');
    await ask(router, { method: 'PUT', url: '/a' });
    expect(log).toEqual([]);
  });
});

describe('encoded slashes', () => {
  const router = (encodedSlash: NonNullable<RouteOptions['encodedSlash']>) =>
    createRouter([route('GET', '/:name', say('a'), { encodedSlash })]);

  it('never make two segments of one', async () => {
    expect(await ask(table('GET /a/b', 'GET /:x'), '/a%2Fb')).toBe('200 /:x {"x":"a%2Fb"}');
  });

  it('are what the route says', async () => {
    expect(await ask(router('keep'), '/a%2fb')).toBe('200 a {"name":"a%2Fb"}');
    expect(await ask(router('decode'), '/a%2fb')).toBe('200 a {"name":"a/b"}');
    expect(await ask(router('refuse'), '/a%2fb')).toBe('400 ROUTER_ENCODED_SLASH');
    expect(await ask(createRouter([mount('/x', () => {}, { encodedSlash: 'refuse' })]), '/x/a%5cb')).toBe(
      '400 ROUTER_ENCODED_SLASH',
    );
  });

  it('answers 400 for a parameter that is not UTF-8', async () => {
    expect(await ask(router('keep'), '/%ff')).toBe('400 ROUTER_PARAM_NOT_UTF8');
  });
});

describe('values that cannot be right', () => {
  it.each([
    [['GET /a', 'GET /a'], 'GET /a and GET /a'],
    [['GET /users/:id', 'GET|PUT /users/:name'], 'GET /users/:id and GET /users/:name'],
    [['GET /a/*', 'GET /a/*rest'], 'GET /a/* and GET /a/*rest'],
    [['GET /%61', 'GET /a'], 'GET /%61 and GET /a'],
    [['* /a', '* /a'], '* /a and * /a'],
  ])('throws for %j at creation and says which', (entries, which) => {
    expect(() => table(...entries)).toThrow(
      expect.objectContaining({ code: 'ROUTER_CONFLICT', message: expect.stringContaining(which) as string }),
    );
  });

  it.each(['', 'get', 'Post', 'GE T', 'GET|*'])('throws for the method %j', (method) => {
    expect(() => route(method.includes('|') ? method.split('|') : method, '/', say(''))).toThrow(
      expect.objectContaining({ code: 'ROUTER_METHOD_INVALID' }),
    );
    expect(() => route([], '/', say(''))).toThrow(expect.objectContaining({ code: 'ROUTER_METHOD_INVALID' }));
  });

  it.each<[string, () => unknown]>([
    ['an unknown option of a route', () => route('GET', '/', say(''), { midleware: [] } as RouteOptions)],
    ['a word that is none', () => route('GET', '/', say(''), { encodedSlash: 'yes' } as unknown as RouteOptions)],
    ['middleware that is none', () => route('GET', '/', say(''), { middleware: [{}] } as unknown as RouteOptions)],
    ['a handler that is none', () => route('GET', '/', undefined as never)],
    ['an unknown option of a router', () => createRouter([], { prefix: '/' } as never)],
    ['encodedSlash for a mounted router', () => mount('/a', table('GET /'), { encodedSlash: 'decode' })],
    ['a mounted handler that is none', () => mount('/a', {} as never)],
  ])('throws for %s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'ROUTER_OPTION_INVALID' }));
  });
});

describe('the types of parameters', () => {
  it('come from the pattern', () => {
    route('GET', '/users/:id/files/*path', (_, params) => {
      expectTypeOf(params).toEqualTypeOf<{ readonly id: string; readonly path: string }>();
    });
    route('GET', '/about/*', (_, params) => {
      expectTypeOf<keyof typeof params>().toEqualTypeOf<never>();
    });
    route('GET', '/a' as string, (_, params) => {
      expectTypeOf(params).toEqualTypeOf<Readonly<Record<string, string>>>();
    });
  });
});
