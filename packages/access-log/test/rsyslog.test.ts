import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/lib/free-port.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { createLogSinks } from '../src/index.ts';
import { keepLog, temporaryFolder } from './sink-fixtures.ts';

/** Reads a file until its text fits; the test's own time limit is the deadline. */
async function readUntil(file: string, isEnough: (text: string) => boolean, daemon: ChildProcess): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (isEnough(text)) return text;
    if (daemon.exitCode !== null) throw new Error(`rsyslogd ended with ${daemon.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** rsyslogd on free ports; it writes the parts of each message into a file. */
async function startRsyslog(): Promise<{ udp: number; tcp: number; lines(count: number): Promise<string[]> }> {
  const folder = await temporaryFolder();
  const [configuration, output, portFile] = ['rsyslog.conf', 'output', 'port'].map((name) => join(folder, name));
  const udp = await freePort();
  await writeFile(
    configuration!,
    `module(load="imudp")
module(load="imtcp")
template(name="parts" type="string" string="%syslogfacility-text% %syslogseverity-text% %app-name% %procid% %msgid% %hostname% %msg%\\n")
input(type="imudp" address="127.0.0.1" port="${udp}" ruleset="write")
input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="${portFile}" ruleset="write")
ruleset(name="write") { action(type="omfile" file="${output}" template="parts") }
`,
  );
  const daemon = spawn('rsyslogd', ['-n', '-i', join(folder, 'pid'), '-f', configuration!], { stdio: 'ignore' });
  const ended = new Promise((resolve) => daemon.once('close', resolve));
  onTestFinished(async () => {
    daemon.kill();
    await ended;
  });
  const tcp = Number(await readUntil(portFile!, (text) => text !== '', daemon));
  const lines = async (count: number): Promise<string[]> => {
    const isEnough = (text: string): boolean => text.split('\n').length > count;
    return (await readUntil(output!, isEnough, daemon)).split('\n').slice(0, -1);
  };
  return { udp, tcp, lines };
}

describe.skipIf(!hasPeer('rsyslogd'))('rsyslog', () => {
  it.each(['udp', 'tcp'] as const)('reads every part of our messages over %s', async (protocol) => {
    const { lines, ...ports } = await startRsyslog();
    const sinks = createLogSinks({ log: keepLog() });
    const sink = sinks.syslog({ protocol, host: '127.0.0.1', port: ports[protocol] });
    sink.write('GET / 200 "a\\x22"\n');
    sink.write('GET /b 404\n');
    await sink.close();
    const start = `local7 info windhover ${process.pid} access ${hostname()}`;
    expect(await lines(2)).toEqual([`${start} GET / 200 "a\\x22"`, `${start} GET /b 404`]);
  });

  it('gets every one of many lines over tcp', async () => {
    const { lines, tcp } = await startRsyslog();
    const sink = createLogSinks({ log: keepLog() }).syslog({ protocol: 'tcp', host: '127.0.0.1', port: tcp });
    for (let number = 0; number < 5000; number++) sink.write(`line ${number}\n`);
    await sink.close();
    const numbers = (await lines(5000)).map((line) => Number(line.split(' ').at(-1)));
    expect(numbers).toEqual(Array.from({ length: 5000 }, (_, number) => number));
  });
});
