import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLogSinks,
  type FileSinkOptions,
  type LineSink,
  type LogSinks,
  type SyslogOptions,
} from '@windhover/access-log';
import {
  createDistributionServices,
  createSiteHandler,
  defineDistribution,
  formatProblems,
  loadConfig,
  startGenerations,
} from '@windhover/config';
import type { Handler, HttpContext } from '@windhover/core';
import { createManualClock, runHandler } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accessLogFeature } from './access-log.ts';
import { respondFeature } from './respond.ts';

const ignore = (): void => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const now = Date.UTC(2026, 2, 1, 12);

/** Sinks that write down what they are asked for. */
class RecordedSinks implements LogSinks {
  readonly calls: string[] = [];
  readonly console = this.sink('console');

  file(path: string, options: FileSinkOptions = {}): LineSink {
    this.calls.push(`file ${JSON.stringify(options)}`);
    return this.sink(path.replace(/^.*\//, ''));
  }

  syslog(options: SyslogOptions): LineSink {
    this.calls.push(`syslog ${JSON.stringify(options)}`);
    return this.sink('syslog');
  }

  private sink(name: string): LineSink {
    const note = (what: string) => void this.calls.push(`${name} ${what}`);
    return {
      write: (line) => note(line.trimEnd()),
      flush: async () => note('flush'),
      reopen: () => note('reopen'),
      close: async () => note('close'),
    };
  }
}

async function load(
  text: string,
  sinks: LogSinks,
  more: { oneSite?: boolean; directory?: string; json?: boolean } = {},
) {
  const { oneSite = true, directory = tmpdir(), json = false } = more;
  const feature = accessLogFeature(sinks, json ? { consoleFormat: () => 'json' } : {});
  const definition = defineDistribution({ features: [feature, respondFeature], oneSite });
  const services = createDistributionServices({ log, clock: createManualClock({ now }) });
  const loadText = async (changed: string) => {
    const loaded = await loadConfig({ file: join(directory, 'app.yaml'), text: changed }, definition, services);
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
    return loaded.config;
  };
  return { config: await loadText(text), loadText, services };
}

async function callsOf(text: string, json = false): Promise<readonly string[]> {
  const sinks = new RecordedSinks();
  const { config } = await load(text, sinks, { json });
  await config.prepare();
  await runHandler(createSiteHandler(config), { url: '/a', now: () => now });
  await config.dispose();
  return sinks.calls;
}

const line = '2026-03-01T12:00:00.000Z 127.0.0.1 GET localhost/a 404 10 0.0ms';

describe('accessLog', () => {
  it.each(['true', 'console', '{ to: console }'])('%s writes a line for people on the console', async (value) => {
    expect(await callsOf(`accessLog: ${value}`)).toEqual([`console ${line}`, 'console close']);
  });

  it('has the format on the console that the server prefers', async () => {
    expect((await callsOf('accessLog: true', true))[0]).toMatch(/^console \{"level":"access",/);
    expect((await callsOf('accessLog: { format: console }', true))[0]).toBe(`console ${line}`);
  });

  it.each(['false', 'off', '{ to: off }'])('%s writes none', async (value) => {
    expect(await callsOf(`accessLog: ${value}`)).toEqual([]);
  });

  it('writes the combined format to a file, and knows before the start whether it can', async () => {
    expect(await callsOf('accessLog: ./access.log')).toEqual([
      'file {"header":null,"rotate":null}',
      'access.log flush',
      'access.log 127.0.0.1 - - [01/Mar/2026:12:00:00 +0000] "GET /a HTTP/1.1" 404 10 "-" "-"',
      'access.log close',
    ]);
  });

  it('rotates a file as the configuration says', async () => {
    const calls = await callsOf('accessLog: { to: ./access.log, rotate: { size: 100MB, every: 1d } }');
    expect(calls[0]).toBe('file {"header":null,"rotate":{"sizeBytes":100000000,"everyMs":86400000,"keep":10}}');
  });

  it('begins the output of w3c with its directives', async () => {
    expect((await callsOf('accessLog: { format: w3c }'))[0]).toMatch(
      /^console #Software: Windhover\n#Version: 1.0\n#Date: 2026-03-01 12:00:00\n/,
    );
  });

  it('sends the combined format to a syslog server', async () => {
    const calls = await callsOf('accessLog: { to: "syslog+tcp://127.0.0.1:601", syslog: { facility: local0 } }');
    const options = {
      kind: 'syslog',
      protocol: 'tcp',
      host: '127.0.0.1',
      port: 601,
      facility: 16,
      appName: 'windhover',
    };
    expect(calls[0]).toBe(`syslog ${JSON.stringify(options)}`);
    expect(calls[1]).toMatch(/^syslog 127\.0\.0\.1 - - /);
  });

  it.each([
    ['accessLog: consle', /expected `console`, `off`, a file .*, found "consle"[\s\S]*console/i],
    [
      'accessLog: { to: ./a.log, format: "{stauts}" }',
      /expected the name of a fact in braces, found \{stauts\}[\s\S]*status/i,
    ],
    ['accessLog: { rotate: { size: 1MB } }', /expected `rotate` beside a file only/i],
    ['accessLog: { to: ./a.log, syslog: {} }', /expected `syslog` beside a syslog server only/i],
    ['accessLog: { to: ./a.log, rotate: { keep: 0 } }', /accessLog\.rotate\.keep/],
    ['accessLog: { to: ./a.log, rotate: { sise: 1 } }', /size/],
    ['accessLog: /dev/null/a.log', /expected a folder before the name of the file|expected a folder, found a file/i],
    ['accessLog: /tmp', /expected a file, found a folder/i],
  ])('%s is a mistake', async (text, message) => {
    await expect(load(text, new RecordedSinks())).rejects.toThrow(message);
  });
});

describe('accessLog at several places', () => {
  async function folder(): Promise<string> {
    const made = await mkdtemp(join(tmpdir(), 'windhover-log-'));
    onTestFinished(() => rm(made, { recursive: true }));
    return made;
  }

  const sites = (one: string, other: string, top = 'true'): string =>
    `accessLog: ${top}\nsites: { a: { hosts: a, accessLog: ${one}, routes: [{ path: /, respond: hi }, { path: /b, respond: hi, accessLog: ${other} }] } }`;

  async function ask(handler: Handler<HttpContext>, url: string): Promise<void> {
    await runHandler(handler, { url, headers: { Host: 'a' } });
  }

  it('a site and a route have logs of their own, in place of the outer one', async () => {
    const sinks = new RecordedSinks();
    const { config } = await load(sites('{ to: ./a.log, format: "{site} {route}" }', 'off'), sinks, { oneSite: false });
    await config.prepare();
    const handler = createSiteHandler(config);
    await ask(handler, '/');
    await ask(handler, '/b');
    await runHandler(handler, { url: '/c', headers: { Host: 'b' } });
    const lines = sinks.calls.filter((call) => !call.endsWith('flush') && !call.startsWith('file'));
    expect(lines).toEqual(['a.log a /', expect.stringMatching(/^console .* GET b\/c 421 /)]);
  });

  it('may share a file, and agree on how it rotates by saying it once', async () => {
    const sinks = new RecordedSinks();
    const { config } = await load(sites('./a.log', '{ to: a.log, rotate: { size: 1MB } }'), sinks, { oneSite: false });
    await config.prepare();
    const options = '{"header":null,"rotate":{"sizeBytes":1000000,"everyMs":null,"keep":10}}';
    expect(sinks.calls.filter((call) => call.startsWith('file'))).toEqual([`file ${options}`, `file ${options}`]);
  });

  it('may not ask for different things of one file', async () => {
    const rotated = (size: string): string => `{ to: ./a.log, rotate: { size: ${size} } }`;
    await expect(load(sites(rotated('1MB'), rotated('2MB')), new RecordedSinks(), { oneSite: false })).rejects.toThrow(
      /expected the same `rotate` as at the other places that write to this file/i,
    );
    const w3c = '{ to: ./a.log, format: w3c }';
    await expect(load(sites('./a.log', w3c), new RecordedSinks(), { oneSite: false })).rejects.toThrow(
      /expected `w3c` at all places that write to this file, or at none/i,
    );
  });

  it('a new configuration may change what it asks of a file, and no line is lost on the way', async () => {
    const directory = await folder();
    const sinks = createLogSinks({ log, clock: createManualClock({ now }) });
    const { config, loadText, services } = await load('accessLog: { to: ./a.log, format: "{path}" }', sinks, {
      directory,
    });
    const generations = await startGenerations(config, services);
    await ask(generations.handler, '/1');
    await expect(loadText('accessLog: { to: ./a.log, format: "{pth}" }')).rejects.toThrow(/pth/);
    await generations.replace(await loadText('accessLog: { to: ./a.log, format: "{path}", rotate: { size: 1MB } }'));
    await ask(generations.handler, '/2');
    await generations.replace(await loadText('accessLog: { to: ./a.log, format: "{path}!" }'));
    await ask(generations.handler, '/3');
    await generations.dispose();
    expect(await readFile(join(directory, 'a.log'), 'utf8')).toBe('/1\n/2\n/3!\n');
  });

  it('does not start if a file cannot be opened', async () => {
    const directory = await folder();
    const sinks = createLogSinks({ log });
    const { config } = await load('accessLog: ./logs/a.log', sinks, { directory });
    await writeFile(join(directory, 'logs'), 'a file where the folder should be');
    await expect(config.prepare()).rejects.toMatchObject({ code: 'ACCESS_LOG_FILE' });
  });
});
