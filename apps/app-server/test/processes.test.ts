import { once } from 'node:events';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import net from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { controlSupervisor, type SupervisorStatus } from '@windhover/supervisor';
import { localhostCertificate, writeLocalhostCertificate } from '@windhover/transport/testing';
import { describe, expect, it } from 'vitest';
import { keepAsking, keepConnecting } from '../../../scripts/lib/load-clients.ts';
import { hasOpenssl } from '../../../scripts/lib/make-certificate.ts';
import { makeAuthority } from '../../../scripts/lib/make-client-certificate.ts';
import { type AppProcess, appFile, spawnApp, startApp, temporaryFolder, until } from './app-process.ts';

async function text(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** Workers, and the processes that they are, as the supervisor tells. */
async function startWorkers(count: number, ...args: string[]): Promise<Workers> {
  const control = join(await temporaryFolder(), 'control');
  const started = await startApp('handler.mjs', '--workers', String(count), '--control', control, ...args);
  const slots = async (): Promise<SupervisorStatus['slots']> => (await controlSupervisor(control, 'status')).slots;
  return { ...started, slots, pids: async () => (await slots()).map(({ pid }) => pid ?? 0) };
}

interface Workers extends AppProcess {
  slots(): Promise<SupervisorStatus['slots']>;
  pids(): Promise<number[]>;
}

describe('one process', () => {
  it('says what runs and where, answers, and stops when asked to', async () => {
    const app = await startApp('handler.mjs');
    expect(app.said()).toMatch(/^Windhover app server \d/);
    expect(app.said()).toMatch(/ready +in \d+ ms\n/);
    expect(await text(app.url)).toBe(String(app.child.pid));
    app.child.kill('SIGTERM');
    expect(await app.exited).toBe(0);
    expect(app.said()).toMatch(/SIGTERM: stopping.*\nThe application has stopped\nStopped\.\n$/s);
  });

  it.each([0, 2])('says the same to programs in fields, with %i workers', async (workers) => {
    const app = spawnApp([
      ...[appFile('handler.mjs'), '--port', '0', '--log-format', 'json'],
      ...(workers === 0 ? [] : ['--workers', String(workers)]),
    ]);
    await app.says(/The application is ready.*\n/);
    const ready = JSON.parse(/^.*The application is ready.*$/m.exec(app.said())![0]) as {
      url: string;
      readyMs: number;
    };
    expect(ready).toEqual({
      time: expect.stringMatching(/^\d{4}-/),
      level: 'info',
      message: 'The application is ready',
      application: appFile('handler.mjs'),
      url: expect.stringMatching(/^http:\/\/[\w.]+:\d+\/$/),
      workers,
      readyMs: expect.any(Number),
      pid: app.child.pid,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(Number.isInteger(ready.readyMs)).toBe(true);
    expect((await fetch(ready.url)).status).toBe(200);
  });

  it('finishes the request under way', async () => {
    const app = await startApp('handler.mjs');
    const socket = net.connect(app.port, '127.0.0.1').setEncoding('latin1');
    socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await app.says('A slow request');
    const answer = once(socket, 'data');
    app.child.kill('SIGINT');
    await app.says('SIGINT: stopping');
    expect((await answer)[0]).toContain('HTTP/1.1 200 OK');
    expect(await app.exited).toBe(0);
  });

  it('loses no request of 32 clients when it is stopped', async () => {
    const app = await startApp('handler.mjs');
    const clients = keepAsking(app.port, 32);
    await until(() => clients.tally.answered > 500);
    app.child.kill('SIGTERM');
    await app.exited;
    await clients.stop();
    // A connection that waits to be accepted while the listener closes is reset by the system; whoever was served loses nothing.
    expect(clients.tally.servedBy).toEqual([]);
  });

  it('tells an error of the application to nobody but the log', async () => {
    const app = await startApp('handler.mjs', '--log-format', 'json', '--access-log');
    const answer = await fetch(`${app.url}/fail`);
    expect([answer.status, await answer.text()]).toEqual([500, 'Internal Server Error\n']);
    await app.says('a secret of the application');
    await app.says('"path":"/fail","status":500');
    const lines = app
      .said()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('time');
    expect(lines).toHaveLength(3); // that it is ready is the first
  });

  it.each([
    ['nobody', [], { ip: '127.0.0.1', protocol: 'http' }],
    ['the proxy', ['--trust-proxy', 'loopback'], { ip: '203.0.113.7', protocol: 'https', host: 'shop.example' }],
  ])('tells frameworks what is believed of the client when it trusts %s', async (_whom, flags, believed) => {
    const headers = {
      'X-Forwarded-For': '10.9.9.9, 203.0.113.7',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'shop.example',
    };
    for (const file of ['express.mjs', 'fastify.mjs']) {
      const app = await startApp(file, ...flags);
      expect(await (await fetch(`${app.url}/who`, { headers })).json()).toMatchObject(believed);
    }
  });

  it('says when the module never finishes', async () => {
    const file = join(await temporaryFolder(), 'never.mjs');
    await writeFile(file, 'export default new Promise(() => {});');
    const app = spawnApp([file]);
    expect([await app.exited, app.said()]).toEqual([1, expect.stringContaining('never finished starting')]);
  });

  it.each([[[]], [['--workers', '2']]])('listens on a Unix socket, %j', async (flags) => {
    const path = join(await temporaryFolder(), 'app.sock');
    await startApp('handler.mjs', '--unix', path, '--unix-mode', '606', ...flags);
    expect((await stat(path)).mode & 0o777).toBe(0o606); // no umask leaves that
    const socket = net.connect(path).setEncoding('latin1');
    socket.end('GET / HTTP/1.0\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [string];
    expect(answer).toContain('HTTP/1.1 200 OK');
  });

  it('serves HTTPS, and reads the certificate again on SIGHUP', async () => {
    const folder = await temporaryFolder();
    const { certFile, keyFile } = await writeLocalhostCertificate(folder);
    const app = await startApp('handler.mjs', '--tls-cert', certFile, '--tls-key', keyFile);
    expect(app.url).toMatch(/^https:/);
    const call = httpsRequest({ port: app.port, ca: localhostCertificate.cert, servername: 'localhost' }).end();
    const [response] = (await once(call, 'response')) as [import('node:http').IncomingMessage];
    expect((response.socket as TLSSocket).authorized).toBe(true);
    response.resume();
    app.child.kill('SIGHUP');
    await app.says('certificate and key were read again');
    await writeFile(certFile, 'nonsense');
    app.child.kill('SIGHUP');
    await app.says('the old certificate stays');
  });

  it.runIf(hasOpenssl)('asks clients for a certificate, and shows it to the application', async () => {
    const folder = await temporaryFolder();
    const { certFile, keyFile } = await writeLocalhostCertificate(folder);
    const authority = await makeAuthority(folder, 'clients');
    const ada = await authority.issue('ada');
    const file = join(folder, 'app.mjs');
    await writeFile(
      file,
      `export default { listener: ({ socket }, response) => {
  response.end(socket.authorized ? socket.getPeerCertificate().subject.CN : String(socket.authorizationError));
} };`,
    );
    const flags = ['--tls-cert', certFile, '--tls-key', keyFile, '--tls-client-ca', authority.caFile];
    const ask = async (port: number, files: object) => {
      const call = httpsRequest({
        port,
        ca: localhostCertificate.cert,
        servername: 'localhost',
        agent: false,
        ...files,
      });
      const [response] = (await once(call.end(), 'response')) as [import('node:http').IncomingMessage];
      return (await response.setEncoding('utf8').toArray()).join('');
    };
    const shown = { cert: await readFile(ada.certFile), key: await readFile(ada.keyFile) };
    const strict = await startApp(file, ...flags);
    expect(await ask(strict.port, shown)).toBe('ada');
    await expect(ask(strict.port, {})).rejects.toThrow(/certificate required/);
    await strict.says(/A client certificate was refused.*the client sent no certificate/);
    const lax = await startApp(file, ...flags, '--tls-client-mode', 'request');
    expect(await ask(lax.port, {})).toBe('UNABLE_TO_GET_ISSUER_CERT');
  });

  it('says why it cannot start', async () => {
    const busy = await startApp('handler.mjs');
    const folder = await temporaryFolder();
    const broken = join(folder, 'broken.mjs');
    await writeFile(broken, "throw new Error('no database')");
    const express = join(folder, 'express.mjs');
    await writeFile(express, 'const app = () => {};\napp.use = app.handle = () => {};\nexport default app;');
    const cases: [args: string[], code: number, says: string][] = [
      [[appFile('handler.mjs'), '--port', String(busy.port)], 1, 'port'],
      [
        [appFile('handler.mjs'), '--port', String(busy.port), '--workers', '1'],
        1,
        `Another process listens there: --port, 127.0.0.1:${busy.port}. Stop that process`,
      ],
      [['nothing.mjs'], 1, 'nothing.mjs: expected a module, found no such file'],
      [[folder], 1, 'found a folder'],
      [[broken], 1, 'no database'],
      [[express], 1, 'express.mjs: the default export is an Express or Connect application'],
      [[appFile('handler.mjs'), '--prot', '1'], 2, 'Did you mean --port?'],
      [[appFile('handler.mjs'), '--tls-cert', '/nothing', '--tls-key', '/nothing'], 1, '/nothing'],
      [[appFile('handler.mjs'), '--trust-proxy', 'everybody'], 2, 'everybody'],
      [[appFile('handler.mjs'), '--constructor'], 2, 'There is no option --constructor'],
      [[appFile('handler.mjs'), '--access-log=constructor'], 2, 'expected true or false'],
      [[], 2, 'A module to host is missing'],
    ];
    for (const [args, code, says] of cases) {
      const app = spawnApp(args);
      expect([await app.exited, app.said()]).toEqual([code, expect.stringContaining(says)]);
    }
  });
});

describe('an application that holds on', () => {
  async function appWith(code: string): Promise<string> {
    const file = join(await temporaryFolder(), 'app.mjs');
    await writeFile(file, code);
    return file;
  }

  it('does not hold the process when it cannot start', async () => {
    const busy = await startApp('handler.mjs');
    const file = await appWith('setInterval(() => {}, 1000);\nexport default () => {};');
    const app = spawnApp([file, '--port', String(busy.port)]);
    expect(await app.exited).toBe(1);
  });

  it.each([
    ['fails', "() => { throw new Error('no goodbye'); }", 'no goodbye'],
    ['never ends', '() => new Promise(() => {})', 'its stop took more than 500 ms'],
  ])('ends all the same when its stop %s', async (_how, stop, says) => {
    const file = await appWith(`setInterval(() => {}, 1000);\nexport default { handler() {}, stop: ${stop} };`);
    const app = await startApp(file, '--stop-timeout', '500ms');
    app.child.kill('SIGTERM');
    expect(await app.exited).toBe(0);
    expect(app.said()).toContain(says);
  });

  it('tells a listener that its client has sent its end, and closes the connection, as Node does', async () => {
    const file = await appWith(`export default { listener: (request, response) => {
      request.on('aborted', () => console.log('request aborted'));
      response.on('close', () => console.log('response closed'));
    } };`);
    const app = await startApp(file);
    const socket = net.connect({ port: app.port, host: '127.0.0.1', allowHalfOpen: true }).resume();
    socket.end('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'close');
    await expect.poll(() => app.said()).toMatch(/request aborted[\s\S]*response closed/);
  });

  it('survives what it does to its socket', async () => {
    const file = await appWith(`export default { listener: (request, response) => {
      if (request.url === '/write') request.socket.write('x');
      else if (request.url === '/end') request.socket.end();
      else if (request.url === '/soon') request.socket.destroySoon();
      else response.end('alive');
    } };`);
    const app = await startApp(file);
    for (const path of ['/write', '/end', '/soon']) {
      const status = await fetch(app.url + path).then(
        (answer) => answer.status,
        () => 'cut',
      );
      expect([500, 'cut']).toContain(status);
    }
    expect(await text(app.url)).toBe('alive');
  });

  it('may write many small pieces without waiting', async () => {
    const file = await appWith(`export default { listener: (_, response) => {
      for (let line = 0; line < 200_000; line++) response.write('a line of twenty byte');
      response.end();
    } };`);
    const app = await startApp(file);
    expect((await text(app.url)).length).toBe(200_000 * 21);
  });
});

describe('workers', () => {
  it('keeps its workers when the console is closed', async () => {
    const app = await startApp('handler.mjs', '--workers', '1', '--access-log');
    app.child.stdout!.destroy();
    const answers: string[] = [];
    for (let index = 0; index < 20; index++) answers.push(await (await fetch(app.url)).text());
    expect(new Set(answers).size).toBe(1); // one process has answered them all
  });

  it('are processes of their own, and the supervisor is none of them', async () => {
    const app = await startWorkers(2);
    const pids = await app.pids();
    expect(new Set([app.child.pid, ...pids]).size).toBe(3);
    expect(pids).toContain(Number(await text(app.url)));
    app.child.kill('SIGTERM');
    expect(await app.exited).toBe(0);
    expect(app.said().match(/The application has stopped/g)).toHaveLength(2);
  });

  it('lose only what was theirs when one is killed, and are replaced', async () => {
    const app = await startWorkers(2);
    const [killed, other] = await app.pids();
    const clients = keepAsking(app.port, 32);
    await until(() => clients.tally.answered > 500);
    process.kill(killed!, 'SIGKILL');
    await until(async () => {
      const [now] = await app.pids();
      return now !== 0 && now !== killed;
    });
    const { answered } = clients.tally;
    await until(() => clients.tally.answered > answered + 500);
    await clients.stop();
    expect((await app.pids())[1]).toBe(other);
    expect(clients.tally.servedBy.filter((pid) => pid !== killed)).toEqual([]);
    expect(clients.tally.refused).toBe(0);
  });

  it('are replaced on SIGHUP under load without a failed request', async () => {
    const app = await startWorkers(2);
    const kept = keepAsking(app.port, 16);
    const fresh = keepConnecting(app.port, 4);
    for (let round = 0; round < 3; round++) {
      const { answered } = kept.tally;
      await until(() => kept.tally.answered > answered + 200);
      const before = await app.pids();
      app.child.kill('SIGHUP');
      await until(async () => (await app.pids()).every((pid) => pid !== 0 && !before.includes(pid)));
    }
    await Promise.all([kept.stop(), fresh.stop()]);
    for (const { tally } of [kept, fresh]) expect(tally).toMatchObject({ lost: 0, refused: 0, resets: 0 });
  });

  it('balance 64 kept connections, also after one was killed', async () => {
    const app = await startWorkers(2);
    const clients = keepAsking(app.port, 64);
    const isBalanced = async (): Promise<boolean> => {
      const counts = (await app.slots()).map(({ connections }) => connections ?? 0);
      return counts[0]! + counts[1]! >= 64 && Math.max(...counts) <= 64 * 0.65;
    };
    await until(isBalanced);
    const [killed] = await app.pids();
    process.kill(killed!, 'SIGKILL');
    await until(async () => !(await app.pids()).includes(killed!));
    await until(isBalanced);
    await clients.stop();
    expect(clients.tally.servedBy.filter((pid) => pid !== killed)).toEqual([]);
  });

  it('are replaced when they hang', async () => {
    const app = await startWorkers(1, '--ping-interval', '100', '--ping-timeout', '1s');
    const [hung] = await app.pids();
    const lost = fetch(`${app.url}/hang`).catch(() => 'lost');
    await app.says('it hung: a ping was not answered within 1000 ms');
    expect(await lost).toBe('lost');
    expect(await text(app.url)).not.toBe(String(hung));
  });

  it('lose no request when they are stopped under load', async () => {
    const app = await startWorkers(2);
    const clients = keepAsking(app.port, 32);
    await until(() => clients.tally.answered > 500);
    app.child.kill('SIGTERM');
    expect(await app.exited).toBe(0);
    await clients.stop();
    // Connections that nobody had accepted when the socket closed are not among them: every server loses those.
    expect(clients.tally.servedBy).toEqual([]);
  });

  it('run on when the new version does not start', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'app.mjs');
    await copyFile(appFile('handler.mjs'), file);
    const app = await startApp(file, '--workers', '1');
    const before = await text(app.url);
    await writeFile(file, 'throw new Error("not today")');
    app.child.kill('SIGHUP');
    await app.says('not today');
    expect(await text(app.url)).toBe(before);
  });

  it('say why they cannot start', async () => {
    const file = join(await temporaryFolder(), 'broken.mjs');
    await writeFile(file, "throw new Error('no database')");
    const app = spawnApp([file, '--workers', '2', '--port', '0']);
    expect([await app.exited, app.said()]).toEqual([1, expect.stringContaining('no database')]);
  });
});
