import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { digestLine } from '@windhover/auth';
import { describe, expect, it } from 'vitest';
import { windhover } from '../src/lib/commands/command-fixtures.ts';
import { startServer, temporaryFolder } from './front-server-fixtures.ts';

const run = promisify(execFile);
const curl = async (...args: string[]): Promise<string> =>
  (await run('curl', ['-s', '-m', '20', '-o', '/dev/null', '-w', '%{http_code}', ...args])).stdout;

/** A JWT with HS256. */
function sign(payload: object, secret: string): string {
  const text = [{ alg: 'HS256' }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

describe('a front server with auth', () => {
  it('logs curl in by Basic, Digest, token and key, and its access log names the user', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'people');
    const added = await windhover(['users', 'add', 'ada', '--file', file], { WINDHOVER_PASSWORD: 'secret' });
    expect(added.code).toBe(0);
    await writeFile(join(folder, 'digests'), digestLine('cleo', 'Login', 'secret'));
    const secret = 'a secret that has thirty-two bytes or more';
    const exp = Math.floor(Date.now() / 1000) + 3600;
    const token = sign({ iss: 'https://login.example', aud: 'shop', sub: 'dan', exp }, secret);
    const { url, accessLines } = await startServer(
      `users:
  admins: { htpasswd: ./people, roles: { admin: [ada] } }
accessLog: { to: console, format: '{user} {status} {path}' }
sites:
  shop:
    routes:
      - { path: /admin, auth: { any: [{ basic: admins }] }, authorize: [{ allow: { role: admin } }], respond: hello }
      - { path: /digest, auth: { digest: ./digests }, respond: hello }
      - path: /api
        auth: { any: [{ bearer: { issuer: https://login.example, audience: shop, secret: ${secret} } }, { apiKey: { keys: { ci: "sha256:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683" } } }] }
        respond: hello
      - { path: /, respond: open }
`,
      folder,
    );
    expect(await curl(`${url}/admin`)).toBe('401');
    expect(await curl('-u', 'ada:wrong', `${url}/admin`)).toBe('401');
    expect(await curl('-u', 'ada:secret', `${url}/admin`)).toBe('200');
    expect(await curl('--anyauth', '-u', 'cleo:secret', `${url}/digest`)).toBe('200');
    expect(await curl('--oauth2-bearer', token, `${url}/api`)).toBe('200');
    expect(await curl('-H', 'X-API-Key: key', `${url}/api`)).toBe('200');
    expect(await curl('-H', 'X-API-Key: other', `${url}/api`)).toBe('401');
    expect(await curl(`${url}/`)).toBe('200');
    await expect
      .poll(() => accessLines.map((line) => line.trim()))
      .toEqual([
        '- 401 /admin',
        '- 401 /admin',
        'ada 200 /admin',
        '- 401 /digest',
        'cleo 200 /digest',
        'dan 200 /api',
        'ci 200 /api',
        '- 401 /api',
        '- 200 /',
      ]);
  });
});
