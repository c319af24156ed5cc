import { type Handler, type HttpContext, HttpError, type Middleware } from '@windhover/core';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { cors } from './cors.ts';
import type { CorsOptions } from './cors-policy.ts';

const Origin = 'https://a.example';
const asks = { Origin, 'Access-Control-Request-Method': 'PUT' };
const list: CorsOptions = { origins: [Origin] };

const hello: Handler<HttpContext> = ({ response }) => void (response.body = 'hello');

/** The CORS headers and Vary of an answer, with its status and text. */
async function ask(init: RunInit, options: CorsOptions, handler = hello, ...inner: Middleware<HttpContext>[]) {
  const result = await runHandler(checkedCompose([cors(options), ...inner], handler), init);
  const own = [...result.headers].filter(([name]) => /^(?:Access-Control-|Vary$)/i.test(name));
  return { status: result.status, text: result.text(), ...Object.fromEntries(own) };
}

const withUser: Middleware<HttpContext> = () => {
  throw new HttpError(401, 'APP_NO_USER', 'Who are you?');
};

describe('cors()', () => {
  it('lets a page read the answer, and says that it depends on the origin', async () => {
    expect(await ask({ headers: { Origin } }, list)).toEqual({
      status: 200,
      text: 'hello',
      'Access-Control-Allow-Origin': Origin,
      Vary: 'Origin',
    });
  });

  it('answers a preflight before anybody is asked for a user', async () => {
    const answer = await ask({ method: 'OPTIONS', headers: asks }, { ...list, methods: ['PUT'] }, hello, withUser);
    expect(answer).toEqual({
      status: 204,
      text: '',
      'Access-Control-Allow-Origin': Origin,
      'Access-Control-Allow-Methods': 'PUT',
      'Access-Control-Allow-Headers': 'Content-Type',
      'Access-Control-Max-Age': '300',
      Vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network',
    });
  });

  it('lets an OPTIONS request that is not a preflight pass', async () => {
    expect(await ask({ method: 'OPTIONS', headers: { Origin } }, list)).toMatchObject({ status: 200, text: 'hello' });
  });

  it('has headers and Vary on errors too, thrown ones and a 404 without a handler', async () => {
    const allowed = { 'Access-Control-Allow-Origin': Origin, Vary: 'Origin' };
    expect(await ask({ headers: { Origin } }, list, hello, withUser)).toMatchObject({ status: 401, ...allowed });
    expect(await ask({ headers: { Origin } }, list, () => undefined)).toMatchObject({ status: 404, ...allowed });
    const fails = (): never => {
      throw new Error('a bug');
    };
    expect(await ask({ headers: { Origin } }, list, fails)).toMatchObject({ status: 500, ...allowed });
  });

  it('says Vary where nothing is allowed too: a cache must not give that answer to those who are', async () => {
    expect(await ask({}, list)).toEqual({ status: 200, text: 'hello', Vary: 'Origin' });
    expect(await ask({ headers: { Origin: 'https://b.example' } }, list)).toEqual({
      status: 200,
      text: 'hello',
      Vary: 'Origin',
    });
    expect(await ask({ headers: { Origin: 'https://b.example' } }, list, hello, withUser)).toMatchObject({
      status: 401,
      Vary: 'Origin',
    });
  });

  it('refuses the preflight of an origin that is not allowed, and says why', async () => {
    const answer = await ask({ method: 'OPTIONS', headers: { ...asks, Origin: 'https://b.example' } }, list);
    expect(answer).toEqual({
      status: 403,
      text: expect.stringContaining('the origin "https://b.example" is not allowed'),
      Vary: expect.stringMatching(/^Origin, Access-Control-Request-Method, /),
    });
  });

  it("gives everybody the same answer for '*', without Vary", async () => {
    const answer = { status: 200, text: 'hello', 'Access-Control-Allow-Origin': '*' };
    expect(await ask({ headers: { Origin } }, { origins: '*' })).toEqual(answer);
    expect(await ask({}, { origins: '*' })).toEqual(answer);
  });

  it('adds to the Vary of the answer, and keeps a Vary of *', async () => {
    const vary = (value: string) =>
      ask({ headers: { Origin } }, list, ({ response }) => {
        response.headers.set('Vary', value);
        response.body = '';
      });
    expect(await vary('Accept, origin')).toMatchObject({ Vary: 'Accept, origin' });
    expect(await vary('Accept-Encoding')).toMatchObject({ Vary: 'Accept-Encoding, Origin' });
    expect(await vary('*')).toMatchObject({ Vary: '*' });
  });

  it('takes its Vary from the answer, not from a Vary of the request (Hono, 2025)', async () => {
    expect(await ask({ headers: { Origin, Vary: 'X-Evil' } }, list)).toMatchObject({ Vary: 'Origin' });
  });

  it('replaces what stands behind it has said: an application cannot allow more', async () => {
    const generous: Handler<HttpContext> = ({ request, response }) => {
      response.headers.set('Access-Control-Allow-Origin', request.headers.get('origin') ?? '*');
      response.headers.set('Access-Control-Allow-Credentials', 'true');
      response.headers.set('Access-Control-Expose-Headers', 'X-Secret');
      response.body = '';
    };
    const evil = { headers: { Origin: 'https://evil.example' } };
    expect(await ask(evil, list, generous)).toEqual({ status: 200, text: '', Vary: 'Origin' });
    expect(await ask({ headers: { Origin } }, list, generous)).toEqual({
      status: 200,
      text: '',
      'Access-Control-Allow-Origin': Origin,
      Vary: 'Origin',
    });
  });

  it('never has credentials for every origin: not by *, nor by sending back what was sent (Hono, Traefik 2026)', () => {
    const options: CorsOptions = { origins: '*', credentials: true };
    expect(() => cors(options)).toThrow(/credentials: true with origins: '\*' would let every page act as its user/);
    expect(() => cors({ origins: [Origin], credentials: true, exposedHeaders: ['*'] })).toThrow(/name the headers/);
  });

  it.each<[unknown, string]>([
    [undefined, 'the options: expected an object, found undefined'],
    [{}, "origins: expected '*', a list of origins or a function, found undefined"],
    [{ origins: Origin }, `origins: expected '*', a list of origins or a function, found "${Origin}"`],
    [
      { origins: ['*'] },
      `origins[0]: expected an origin such as https://a.example or https://*.a.example, found "*". Did you mean origins: '*'?`,
    ],
    [{ origins: [Origin, 'https://B.example/'] }, 'found "https://B.example/". Did you mean https://b.example?'],
    [{ origins: ['https://*.com'] }, 'found "https://*.com"'],
    [{ origin: '*' }, 'found `origin`. Did you mean `origins`?'],
    [{ origins: '*', methods: ['patch'] }, 'methods[0]: expected a method in capitals, found "patch"'],
    [{ origins: '*', methods: 'PUT' }, `methods: expected a list of methods or 'any', found "PUT"`],
    [{ origins: '*', headers: ['*'] }, 'headers[0]: expected a header name, found "*"'],
    [{ origins: '*', headers: ['a b'] }, 'headers[0]: expected a header name, found "a b"'],
    [{ origins: '*', exposedHeaders: 'any' }, 'exposedHeaders: expected a list of header names'],
    [{ origins: '*', maxAgeMs: '5m' }, 'maxAgeMs: expected milliseconds from 0 on, or null for no limit, found "5m"'],
  ])('refuses the options %j', (options, message) => {
    expect(() => cors(options as CorsOptions)).toThrow(
      expect.objectContaining({ code: 'HEADERS_OPTION_INVALID', message: expect.stringContaining(message) }),
    );
  });
});
