import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRealm } from '../../../packages/auth-negotiate/test/realm-fixture.ts';
import { curl, hasKerberos } from '../../../packages/auth-negotiate/test/server-fixture.ts';
import { program } from './supervised-fixtures.ts';

const hash = '$2y$10$gX2n8mB89LxupMZb/GzsQugg1DUwPx3ZD6TUJrRT3reNrsYuUcSqq'; // of `secret`

describe.runIf(hasKerberos())('a front server with auth: negotiate', () => {
  it('logs curl in with a Kerberos ticket, and others by Basic', async () => {
    const realm = await startRealm();
    onTestFinished(() => realm.close());
    const [alice, keytab] = [await realm.login('alice'), await realm.keytab('HTTP/localhost')];
    const file = join(realm.folder, 'windhover.yaml');
    await writeFile(
      file,
      `listen: 127.0.0.1:0
accessLog: { to: console, format: '{user} {status}' }
users: { staff: { list: { bob: "${hash}" } } }
sites:
  intranet:
    auth: { any: [{ negotiate: { keytab: ${keytab} } }, { basic: staff }] }
    authorize: [{ allow: { user: alice@TEST.EXAMPLE } }]
    routes: [{ path: /, respond: welcome }]
`,
    );
    const child = spawn(process.execPath, [program, 'run', '--config', file], { env: realm.env });
    onTestFinished(async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    await expect.poll(() => /127\.0\.0\.1:(\d+)/.exec(said), { timeout: 20_000 }).not.toBeNull();
    const url = `http://localhost:${/127\.0\.0\.1:(\d+)/.exec(said)![1]}/`;

    const refused = await curl(realm.env, url);
    expect(refused.match(/^www-authenticate: \S+/gim)).toEqual([
      'WWW-Authenticate: Negotiate',
      'WWW-Authenticate: Basic',
    ]);
    expect(await curl(alice, '--negotiate', '-u', ':', url)).toMatch(/welcome$/);
    expect(await curl(realm.env, '--basic', '-u', 'bob:secret', url)).toContain('HTTP/1.1 403 ');
    await expect.poll(() => said, { timeout: 5000 }).toContain('alice@TEST.EXAMPLE 200');
  });
});
