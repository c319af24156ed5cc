import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Realm, startRealm } from './realm-fixture.ts';
import {
  buildServer,
  curl,
  hasKerberos,
  makeToken,
  removeServer,
  startServer,
  TestConnection,
  type TestServer,
} from './server-fixture.ts';

const faketime = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const hasFaketime = existsSync(faketime) || process.env['WINDHOVER_REQUIRE_PEERS'] === '1';

describe.runIf(hasKerberos())('negotiate() with a real KDC', () => {
  let realm: Realm;
  let keytab = '';
  let alice: NodeJS.ProcessEnv;
  let carol: NodeJS.ProcessEnv;
  beforeAll(async () => {
    [realm] = await Promise.all([startRealm(), buildServer()]);
    alice = await realm.login('alice');
    carol = await realm.login('carol');
    keytab = await realm.keytab('HTTP/localhost');
  });
  afterAll(async () => {
    await realm.close();
    removeServer();
  });

  async function serve(options: object = {}, env: NodeJS.ProcessEnv = realm.env): Promise<TestServer> {
    const server = await startServer({ keytab, ...options }, env);
    onTestFinished(() => server.close());
    return server;
  }
  function connect({ port }: TestServer): TestConnection {
    const connection = new TestConnection(port);
    onTestFinished(() => connection.close());
    return connection;
  }

  it('logs in curl, and proves to it who the server is', async () => {
    const { url, refused } = await serve();
    const answer = await curl(alice, '--anyauth', '-u', ':', url); // asks without a ticket first
    expect(answer).toContain('HTTP/1.1 401 Unauthorized');
    expect(answer).toMatch(/^www-authenticate: Negotiate$/im);
    expect(answer).toContain('HTTP/1.1 200 OK');
    expect(answer).toMatch(/^www-authenticate: Negotiate oY[A-Za-z0-9+/]+=*$/im);
    expect(answer).toMatch(/^persistent-auth: true$/im);
    expect(answer).toMatch(/alice@TEST\.EXAMPLE$/);
    expect(refused).toEqual([]);
  });

  it('takes a login for its connection, and for no other one', async () => {
    const server = await serve();
    const [first, second, third] = [connect(server), connect(server), connect(server)];
    expect(await first.login(await makeToken(alice))).toMatchObject({ status: 200, text: 'alice@TEST.EXAMPLE' });
    expect(await second.ask()).toMatchObject({ status: 401, challenge: 'Negotiate' });
    expect(await second.login(await makeToken(carol))).toMatchObject({ status: 200, text: 'carol@TEST.EXAMPLE' });
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all([first.ask(), second.ask(), third.ask()]);
      expect(answers.map(({ status, text }) => [status, status === 200 ? text : ''])).toEqual([
        [200, 'alice@TEST.EXAMPLE'],
        [200, 'carol@TEST.EXAMPLE'],
        [401, ''],
      ]);
    }
  });

  it('replaces the user of a connection by a new login, also by one that fails', async () => {
    const server = await serve();
    const connection = connect(server);
    await connection.login(await makeToken(alice));
    expect(await connection.login(await makeToken(carol))).toMatchObject({ text: 'carol@TEST.EXAMPLE' });
    expect(await connection.login('AAAA')).toMatchObject({ status: 401 });
    expect(await connection.ask()).toMatchObject({ status: 401 });
  });

  it('wants a ticket with every request with perRequest', async () => {
    const server = await serve({ perRequest: true });
    const connection = connect(server);
    expect(await connection.login(await makeToken(alice))).toMatchObject({ status: 200 });
    expect(await connection.ask()).toMatchObject({ status: 401 });
    const twice = await curl(alice, '--negotiate', '-u', ':', server.url, server.url);
    expect(twice.match(/^alice@TEST\.EXAMPLE/gm)).toHaveLength(2);
  });

  it('keeps no user for a connection that a proxy sends, and says so once', async () => {
    const server = await serve();
    const connection = connect(server);
    const via = { via: '1.1 proxy' };
    expect(await connection.login(await makeToken(alice), via)).toMatchObject({ status: 200 });
    expect(await connection.ask(via)).toMatchObject({ status: 401 });
    expect(await connection.ask()).toMatchObject({ status: 401 });
    expect(await connection.login(await makeToken(carol), { forwarded: 'for=10.0.0.1' })).toMatchObject({
      status: 200,
    });
    await connection.login(await makeToken(alice));
    expect(await connection.ask(via)).toMatchObject({ status: 401 });
    expect(server.warnings).toHaveLength(1);
  });

  it('refuses a token that was captured, on another connection and in another process', async () => {
    const server = await serve();
    const token = await makeToken(alice);
    expect(await connect(server).login(token)).toMatchObject({ status: 200 });
    expect(await connect(server).login(token)).toMatchObject({ status: 401 });
    const other = await serve();
    expect(await connect(other).login(token)).toMatchObject({ status: 401 });
    expect([server.refused, other.refused]).toEqual([['replay'], ['replay']]);
  });

  it('refuses a ticket for another key', async () => {
    const fresh = await realm.keytab('HTTP/other.example');
    const server = await serve({ keytab: fresh });
    expect(await connect(server).login(await makeToken(alice))).toMatchObject({ status: 401 });
    expect(server.refused).toEqual(['wrong-service']);
  });

  it('does not start without a key for its service', async () => {
    const other = await realm.keytab('ldap/localhost');
    expect((await serve({ keytab: other })).failed).toBe('NEGOTIATE_UNAVAILABLE');
    expect((await serve({ keytab: `${keytab}.missing` })).failed).toBe('NEGOTIATE_UNAVAILABLE');
    expect((await serve({ host: 'other.example' })).failed).toBe('NEGOTIATE_UNAVAILABLE');
    expect((await serve({ host: 'localhost' })).failed).toBe(null);
  });

  it.runIf(hasFaketime).each([
    ['-2d', 'expired'],
    ['-10m', 'clock-skew'],
    ['+10m', 'clock-skew'],
  ])('refuses tickets of a realm whose clock goes %s: %s', async (FAKETIME, reason) => {
    const other = await startRealm({ LD_PRELOAD: faketime, FAKETIME });
    onTestFinished(() => other.close());
    const user = await other.login('alice');
    const { LD_PRELOAD: _, FAKETIME: __, ...env } = other.env;
    const server = await serve({ keytab: await other.keytab('HTTP/localhost') }, env);
    expect(await curl(user, '--negotiate', '-u', ':', server.url)).toContain('HTTP/1.1 401');
    expect(server.refused[0]).toBe(reason);
  });

  it('refuses what is no token, and goes on', async () => {
    const server = await serve({ maxFailures: 100 });
    const connection = connect(server);
    const good = await makeToken(alice);
    const bytes = Buffer.from(good, 'base64');
    const cut = bytes.subarray(0, bytes.length - 40).toString('base64');
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 60]! ^= 1;
    const garbage = ['*', 'A', 'AAAA', 'YIIB', 'oQ==', `YII${'A'.repeat(601)}`, cut, flipped.toString('base64')];
    for (const token of garbage) expect(await connection.login(token)).toMatchObject({ status: 401 });
    expect(server.refused).toHaveLength(garbage.length);
    expect(await connection.login('B'.repeat(64_004))).toMatchObject({ status: 401 });
    expect(server.refused.at(-1)).toBe('token-too-large');
    expect(await connection.login(good)).toMatchObject({ status: 200 });
  });

  it('stops to check the tokens of a connection after ten that failed', async () => {
    const connection = connect(await serve());
    for (let count = 0; count < 10; count++) expect(await connection.login('AAAA')).toMatchObject({ status: 401 });
    expect(await connection.login(await makeToken(alice))).toMatchObject({ status: 429 });
  });

  it('refuses NTLM without offering Negotiate again, so that clients take Basic', async () => {
    const server = await serve({ withBasic: true });
    const ntlm = Buffer.from('NTLMSSP\0\x01\0\0\0').toString('base64');
    const answer = await connect(server).login(ntlm);
    expect(answer).toMatchObject({ status: 401, challenge: 'Basic realm="Login", charset="UTF-8"' });
    expect(server.refused).toEqual(['ntlm']);
  });

  it('offers Negotiate before Basic, in a field of its own, and takes both', async () => {
    const { url } = await serve({ withBasic: true });
    expect((await curl(realm.env, url)).match(/^www-authenticate: .*/gim)).toEqual([
      expect.stringMatching(/: Negotiate$/),
      expect.stringMatching(/: Basic realm="Login"/),
    ]);
    expect(await curl(realm.env, '-u', 'bob:secret', url)).toMatch(/bob$/);
    expect(await curl(alice, '--anyauth', '-u', ':', url)).toMatch(/alice@TEST\.EXAMPLE$/);
  });

  it('takes the credentials of another scheme for more than the login of the connection', async () => {
    const server = await serve({ withBasic: true });
    const connection = connect(server);
    await connection.login(await makeToken(alice));
    const basic = (password: string) => `Basic ${Buffer.from(`bob:${password}`).toString('base64')}`;
    expect(await connection.ask({ authorization: basic('secret') })).toMatchObject({ text: 'bob' });
    expect(await connection.ask({ authorization: basic('wrong') })).toMatchObject({ status: 401 });
  });

  it('names users by their realm, and refuses other realms', async () => {
    const names = await serve({ realms: { 'TEST.EXAMPLE': 'CORP\\{user}' }, users: { 'carol@TEST.EXAMPLE': null } });
    expect(await connect(names).login(await makeToken(alice))).toMatchObject({ text: 'CORP\\alice' });
    expect(await connect(names).login(await makeToken(carol))).toMatchObject({ status: 403 });
    const others = await serve({ realms: { 'OTHER.EXAMPLE': '{user}' } });
    expect(await connect(others).login(await makeToken(alice))).toMatchObject({ status: 403 });
  });

  it('gives curl one login for several requests of a connection', async () => {
    const server = await serve();
    await curl(alice, '--negotiate', '-u', ':', ...Array.from({ length: 5 }, () => server.url));
    const logins = server.seen.filter((field) => field !== null);
    expect(logins.length).toBeLessThan(5);
    expect(server.refused).toEqual([]);
  });
});
