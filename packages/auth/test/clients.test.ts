import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createNodeServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compose, type HttpContext } from '@windhover/core';
import { createServer } from '@windhover/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { auth } from '../src/lib/auth.ts';
import type { AuthScheme } from '../src/lib/auth-scheme.ts';
import { basic } from '../src/lib/basic/basic.ts';
import { forwardAuth } from '../src/lib/forward-auth/forward-auth.ts';
import { signUrl } from '../src/lib/signed-url/sign-url.ts';
import { signedUrl } from '../src/lib/signed-url/signed-url.ts';
import { userKey } from '../src/lib/user.ts';

const run = promisify(execFile);

/** Serves who the user is and what the application sees, and returns host and port. */
async function serve(scheme: AuthScheme): Promise<string> {
  const hello = (context: HttpContext): void => {
    const { headers, url } = context.request;
    context.response.headers.set('Content-Type', 'text/html');
    context.response.body = `<p>Hello ${context.get(userKey)?.name}, ${headers.get('remote-user') ?? 'untold'}, ${url}</p>`;
  };
  const guard = auth({ any: [scheme] });
  const server = createServer((context) => compose([guard], hello)(context));
  const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close({ timeoutMs: 0 }));
  return name;
}

async function service(listener: RequestListener): Promise<string> {
  const server = createNodeServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/verify`;
}

/** What curl prints: the answer and its status. */
async function curl(...args: string[]): Promise<string> {
  return (await run('curl', ['-s', '-m', '20', '-w', ' %{http_code}', ...args])).stdout;
}

describe.skipIf(!hasPeer('curl'))('curl', () => {
  it('gets a file by a signed URL, which the application does not see, and nothing by a changed one', async () => {
    const secret = 'sixteen characters and more';
    const host = await serve(signedUrl([secret]));
    const url = signUrl('/a%20b.txt?page=1', secret, { expiresAt: Date.now() + 600_000, user: 'ada' });
    expect(await curl(`http://${host}${url}`)).toBe('<p>Hello ada, untold, /a%20b.txt?page=1</p> 200');
    for (const changed of [
      url.replace('page=1', 'page=2'),
      url.replace('wh_user=ada', 'wh_user=eve'),
      '/a%20b.txt?page=1',
    ])
      expect(await curl('-o', '/dev/null', `http://${host}${changed}`)).toBe(' 401');
  });

  it('logs in by a service with its cookie, and a forged user does not get through', async () => {
    const url = await service((request, response) => {
      const isKnown = request.headers.cookie === 'session=good';
      response.writeHead(isKnown ? 204 : 302, isKnown ? { 'Remote-User': 'ada' } : { Location: '/login' }).end();
    });
    const scheme = forwardAuth(url);
    onTestFinished(() => scheme.close());
    const host = await serve(scheme);
    const forged = ['-H', 'Remote-User: root', '-H', 'remote_user: root', '-H', 'Connection: remote-user'];
    expect(await curl(...forged, '-b', 'session=good', `http://${host}/`)).toBe('<p>Hello ada, ada, /</p> 200');
    const refused = await curl(...forged, '-D', '-', '-o', '/dev/null', `http://${host}/`);
    expect([/^location: (.*)\r$/im.exec(refused)?.[1], refused.slice(-3)]).toEqual(['/login', '302']);
  });
});

describe.skipIf(!hasPeer('chromium'))('Chromium', () => {
  it('answers the challenge of basic() with the user of its URL, in UTF-8, and shows the page', {
    timeout: 60_000,
  }, async () => {
    const host = await serve(basic((name, password) => (name === 'ada' && password === 'sécret' ? { name } : null)));
    const show = async (user: string): Promise<string> => {
      const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
      onTestFinished(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }));
      const switches =
        '--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync';
      const args = [...switches.split(' '), `--user-data-dir=${profile}`, '--dump-dom', `http://${user}@${host}/x`];
      return (await run('chromium', args, { timeout: 30_000 })).stdout;
    };
    expect(await show('ada:s%C3%A9cret')).toContain('<p>Hello ada, untold, /x</p>');
    expect(await show('ada:wrong')).not.toContain('Hello');
  });
});
