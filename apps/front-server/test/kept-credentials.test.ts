import { expect, it } from 'vitest';
import { curl, startServer, startUpstream } from './front-server-fixtures.ts';

const users = 'users: { staff: { list: { ada: $apr1$abc$PZF73YJz5hJ9yyI.7OP.R. } } }';
const login = ['-u', 'ada:secret'];

/** A front server before an upstream that answers with its fields; returns the Authorization that arrived there. */
async function arrived(options: string, ...args: string[]): Promise<string | undefined> {
  const copies: (string | undefined)[] = [];
  const upstream = await startUpstream((request, response) => {
    if (request.headers['x-copy'] === undefined) copies.push(request.headers.authorization);
    response.end();
  });
  const to = `http://127.0.0.1:${upstream.port}`;
  const { url } = await startServer(
    `${users}\nsites: { a: { routes: [{ path: /, ${options.replace('PROXY', `proxy: { to: "${to}"`)} }] } }`,
  );
  expect((await curl(...args, url)).status).toBe(200);
  return copies[0];
}

it.each([
  ['auth: { basic: staff }, PROXY }', login, undefined],
  ['auth: { basic: staff, optional: true }, PROXY }', login, undefined],
  ['auth: { any: [{ basic: staff }, { signedUrl: abcdefghijklmnopq }] }, PROXY }', login, undefined],
  ['auth: { basic: staff, passCredentials: true }, PROXY }', login, 'Basic YWRhOnNlY3JldA=='],
  ['PROXY }', login, 'Basic YWRhOnNlY3JldA=='],
  ['auth: { basic: staff, optional: true }, PROXY }', ['-H', 'Authorization: Bearer x'], 'Bearer x'],
  ['auth: { basic: staff }, PROXY, requestHeaders: { set: { Authorization: Own } } }', login, 'Own'],
] as const)('with %s, the upstream gets of %j: %s', async (options, args, expected) => {
  expect(await arrived(options, ...args)).toBe(expected);
});
