import net from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { controlSupervisor, createSupervisor, inheritedSockets, type SupervisorStatus } from '../src/index.ts';
import { Child } from './child.ts';
import { makePrograms, type Programs, until } from './programs.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await makePrograms();
});
afterAll(() => programs.remove());

/** Prints each datagram that arrives at the Unix socket in its argument, as systemd would read it. */
const receiver = `
use Socket; $| = 1;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; bind($s, sockaddr_un($ARGV[0])) or die; print "BOUND\\n";
while (defined recv($s, my $m, 4096, 0)) { $m =~ s/\\n/ /g; print "GOT $m\\n" }
`;

describe('signals', () => {
  it('reload at SIGHUP, stop at SIGTERM, and at once at a second one', async () => {
    const options = {
      ...programs.options,
      workers: 1,
      signals: true,
      controlPath: join(programs.folder, 'c'),
      stopTimeoutMs: 600_000,
    };
    await programs.behave('stuck');
    const child = new Child(process.execPath, [programs.supervisor, JSON.stringify(options)]);
    await child.line('STARTED');
    child.process.kill('SIGHUP');
    await until(async () => {
      const { state, generation } = await controlSupervisor(options.controlPath, 'status');
      return state === 'running' && generation === 2;
    });
    child.process.kill('SIGTERM');
    await until(async () => (await controlSupervisor(options.controlPath, 'status')).state === 'stopping');
    child.process.kill('SIGINT');
    expect(await child.exited).toEqual([0, null]);
    await programs.behave('');
  });

  it('tell a reload once: by a line when it fails, by none when the stop comes during it', async () => {
    const controlPath = join(programs.folder, 'd');
    const options = { ...programs.options, workers: 1, signals: true, controlPath };
    const child = new Child(process.execPath, [programs.supervisor, JSON.stringify(options)]);
    await child.line('STARTED');
    await programs.behave('throw');
    child.process.kill('SIGHUP');
    await until(async () => (await controlSupervisor(controlPath, 'status')).reloadError !== null);
    expect(child.output.match(/^\S.*(?:abandoned|SIGHUP).*$/gm)).toHaveLength(1);
    await programs.behave('never-ready');
    const { length } = child.output;
    child.process.kill('SIGHUP');
    await until(async () => (await controlSupervisor(controlPath, 'status')).generation === 3);
    child.process.kill('SIGTERM');
    expect(await child.exited).toEqual([0, null]);
    await programs.behave('');
    expect(child.output.slice(length)).toBe('');
  });

  it('go from a terminal to all processes, and the workers finish all the same', async () => {
    const options = { ...programs.options, workers: 2, signals: true, listen: { web: { host: '127.0.0.1', port: 0 } } };
    const child = new Child(process.execPath, [programs.supervisor, JSON.stringify(options)], { detached: true });
    const status = JSON.parse(await child.line('STARTED')) as SupervisorStatus;
    const { port } = status.listen['web'] as { port: number };
    const slow = fetch(`http://127.0.0.1:${port}/slow`);
    await fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text());
    process.kill(-child.process.pid!, 'SIGINT'); // the whole group
    expect((await slow).status).toBe(200);
    expect(await child.exited).toEqual([0, null]);
  });
});

describe.skipIf(!hasPeer('systemd-notify') || !hasPeer('perl'))('systemd', () => {
  it('hears of ready, reloading and stopping', async () => {
    const path = join(programs.folder, 'notify');
    const systemd = new Child('perl', ['-e', receiver, path]);
    await systemd.line('BOUND');
    const options = { ...programs.options, workers: 1, signals: true, systemd: true };
    const env = { ...process.env, NOTIFY_SOCKET: path };
    const child = new Child(process.execPath, [programs.supervisor, JSON.stringify(options)], { env });
    const said = (): string[] =>
      (systemd.output.match(/^GOT .*$/gm) ?? []).filter((line) => !line.includes('BARRIER=1'));
    await child.line('STARTED');
    await until(() => said().length === 1);
    expect(said()[0]).toMatch(new RegExp(`MAINPID=${child.process.pid} .*READY=1`));
    child.process.kill('SIGHUP');
    await until(() => said().length === 3);
    expect(said()[1]).toMatch(/RELOADING=1 MONOTONIC_USEC=\d+/);
    expect(said()[2]).toMatch(/STATUS=all workers are replaced .*READY=1/);
    child.process.kill('SIGTERM');
    expect(await child.exited).toEqual([0, null]);
    await until(() => said().length === 4);
    expect(said()[3]).toContain('STOPPING=1');
  });

  it('hears from time to time that every worker answers, if it has a watchdog, and nothing while one hangs', async () => {
    const path = join(programs.folder, 'watchdog');
    const systemd = new Child('perl', ['-e', receiver, path]);
    await systemd.line('BOUND');
    const controlPath = join(programs.folder, 'w');
    const options = { ...programs.options, workers: 1, signals: true, systemd: true, controlPath };
    const ping = { intervalMs: 100, timeoutMs: 600_000 };
    const listen = { web: { host: '127.0.0.1', port: 0 } };
    const env = { ...process.env, NOTIFY_SOCKET: path, WATCHDOG_USEC: '300000' };
    const child = new Child(process.execPath, [programs.supervisor, JSON.stringify({ ...options, ping, listen })], {
      env,
    });
    const barks = (): number => systemd.output.split('WATCHDOG=1').length - 1;
    const status = JSON.parse(await child.line('STARTED')) as SupervisorStatus;
    await until(() => barks() > 3);
    const { pid } = status.slots[0]!;
    process.kill(pid!, 'SIGSTOP');
    // A ping and a message may be under way; then there is silence, whatever else the supervisor does.
    let [before, quiet] = [barks(), 0];
    await until(async () => {
      await controlSupervisor(controlPath, 'status');
      quiet = barks() === before ? quiet + 1 : 0;
      before = barks();
      return quiet > 100;
    });
    process.kill(pid!, 'SIGCONT');
    await until(() => barks() > before + 2);
    child.process.kill('SIGTERM');
    expect(await child.exited).toEqual([0, null]);
  });

  it('that does not listen costs a warning', async () => {
    const env = { ...process.env, NOTIFY_SOCKET: join(programs.folder, 'nobody') };
    const options = { ...programs.options, workers: 1, signals: true, systemd: true };
    const child = new Child(process.execPath, [programs.supervisor, JSON.stringify(options)], { env });
    await child.line('STARTED');
    expect(await child.line('systemd was not told of "all workers are ready":')).not.toBe('');
  });
});

describe.skipIf(!hasPeer('systemd-socket-activate'))('inheritedSockets()', () => {
  it('gives workers the sockets that systemd has opened', async () => {
    const path = join(programs.folder, 'activated');
    const options = JSON.stringify({ ...programs.options, workers: 2, signals: true, inherit: true });
    new Child('systemd-socket-activate', ['-l', path, '--fdname=web', process.execPath, programs.supervisor, options]);
    const answers: string[] = [];
    while (answers.length < 5) {
      const socket = net.connect(path);
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      const answer = await text(socket).catch(() => null); // it does not listen yet
      if (answer !== null) answers.push(answer);
    }
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it('fits the option listen, and a descriptor that is not a socket is refused', async () => {
    const env = { LISTEN_FDS: '1', LISTEN_PID: String(process.pid), LISTEN_FDNAMES: 'web' };
    const listen = inheritedSockets(env);
    expect(listen).toEqual({ web: { fd: 3 } });
    const supervisor = createSupervisor({ ...programs.options, listen: { web: { fd: 9999 } } });
    await expect(supervisor.start()).rejects.toMatchObject({ code: 'SUPERVISOR_BIND_FAILED' });
  });
});
