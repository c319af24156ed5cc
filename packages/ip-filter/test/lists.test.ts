import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ipListFile } from '../src/lib/file-list.ts';
import { IpFilter } from '../src/lib/ip-filter.ts';
import { ipListUrl } from '../src/lib/url-list.ts';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'windhover-ip-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

function collectingLog() {
  const lines: string[] = [];
  const add = (message: string, facts?: Readonly<Record<string, unknown>>): void =>
    void lines.push(`${message}${facts?.['error'] === undefined ? '' : `: ${(facts['error'] as Error).message}`}`);
  return { lines, info: add, error: add, warn: () => undefined };
}

const rule = (filter: IpFilter, address: string) => (filter.decide(address) as { rule: string }).rule;

describe('ipListFile()', () => {
  it('is read again as a whole when it has changed, and stays when a line cannot be used', async () => {
    const file = join(await temporaryFolder(), 'blocked.txt');
    await writeFile(file, '192.0.2.0/24\n');
    const log = collectingLog();
    const clock = createManualClock();
    const list = ipListFile(file, { log, clock });
    await list.load();
    const filter = new IpFilter({ deny: list, log });
    expect([rule(filter, '192.0.2.1'), rule(filter, '198.51.100.1')]).toEqual([
      'deny blocked.txt: 192.0.2.0/24',
      'unlisted',
    ]);

    await writeFile(file, '198.51.100.0/24\n192.0.2.999\n');
    expect(rule(filter, '198.51.100.1')).toBe('unlisted'); // looked at once a second
    clock.advance(1000);
    filter.decide('198.51.100.1');
    await vi.waitFor(() => expect(log.lines).toHaveLength(1));
    expect(log.lines[0]).toContain('A list of addresses stays as it was');
    expect(log.lines[0]).toContain('line 2: expected an IP address');
    expect([rule(filter, '192.0.2.1'), rule(filter, '198.51.100.1')]).toEqual([
      'deny blocked.txt: 192.0.2.0/24',
      'unlisted',
    ]);

    await writeFile(file, '198.51.100.0/24\n203.0.113.1\n# end\n');
    clock.advance(1000);
    filter.decide('198.51.100.1');
    await vi.waitFor(() => expect(log.lines).toHaveLength(2));
    expect([rule(filter, '192.0.2.1'), rule(filter, '198.51.100.1')]).toEqual([
      'unlisted',
      'deny blocked.txt: 198.51.100.0/24',
    ]);

    await rm(file);
    clock.advance(1000);
    filter.decide('198.51.100.1');
    await vi.waitFor(() => expect(log.lines).toHaveLength(3));
    expect(log.lines[2]).toContain('ENOENT');
    expect(rule(filter, '198.51.100.1')).toBe('deny blocked.txt: 198.51.100.0/24');
  });

  it('stays when its file is emptied or has a line without an end, until it is seen twice', async () => {
    const file = join(await temporaryFolder(), 'blocked.txt');
    await writeFile(file, '192.0.2.7\n203.0.113.128\n');
    const log = collectingLog();
    const clock = createManualClock();
    const list = ipListFile(file, { log, clock });
    await list.load();
    const filter = new IpFilter({ deny: list, log });
    await writeFile(file, '');
    clock.advance(1000);
    list.look();
    await vi.waitFor(() => expect(log.lines).toHaveLength(1));
    expect(log.lines[0]).toMatch(/stays as it was: .*it is empty, and was not before/);
    expect(list.table!.size).toBe(2);

    await writeFile(file, '192.0.2.7\n203.0.113.12'); // somebody is writing
    await list.load();
    expect(rule(filter, '203.0.113.128')).toContain('deny');
    await list.load(); // nobody is: it is the same
    expect([rule(filter, '203.0.113.128'), rule(filter, '203.0.113.12')]).toEqual([
      'unlisted',
      'deny blocked.txt: 203.0.113.12',
    ]);
  });

  it('may become empty where that is allowed', async () => {
    const file = join(await temporaryFolder(), 'blocked.txt');
    await writeFile(file, '192.0.2.7\n');
    const clock = createManualClock();
    const list = ipListFile(file, { log: collectingLog(), clock, mayBeEmpty: true });
    await list.load();
    await writeFile(file, '');
    await list.load();
    expect(list.table!.size).toBe(0);
  });

  it('tells at the start what is wrong', async () => {
    const folder = await temporaryFolder();
    await expect(ipListFile(join(folder, 'none')).load()).rejects.toMatchObject({ code: 'IP_FILTER_LIST_UNREADABLE' });
    await writeFile(join(folder, 'bad'), 'nonsense\n');
    const bad = ipListFile(join(folder, 'bad'));
    await expect(bad.load()).rejects.toThrow('line 1: expected an IP address');
    await expect(bad.load()).rejects.toThrow('line 1: expected an IP address'); // every time, although it has not changed
  });
});

describe('ipListUrl()', () => {
  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/list?key=secret`;
  }

  it('is asked for with the tag that it had, and the last good one stays', async () => {
    let answer = { status: 200, etag: '"1"', text: '192.0.2.0/24\n' };
    const asked: (string | undefined)[] = [];
    const url = await serve(({ headers }, response) => {
      asked.push(headers['if-none-match']);
      const isKnown = headers['if-none-match'] === answer.etag;
      response.writeHead(isKnown ? 304 : answer.status, { etag: answer.etag }).end(isKnown ? '' : answer.text);
    });
    const log = collectingLog();
    const clock = createManualClock();
    const list = ipListUrl(url, { log, clock, everyMs: 60_000 });
    await list.load();
    const filter = new IpFilter({ deny: list, log });
    expect(rule(filter, '192.0.2.1')).toMatch(/^deny http:\/\/127\.0\.0\.1:\d+\/list: 192\.0\.2\.0\/24$/);
    const again = async (lines: number) => {
      clock.advance(60_000);
      const before = asked.length;
      filter.decide('192.0.2.1');
      await vi.waitFor(() => expect([asked.length, log.lines.length]).toEqual([before + 1, lines]));
    };
    await again(0);
    answer = { status: 500, etag: '"2"', text: '' };
    await vi.waitFor(() => {
      clock.advance(60_000);
      filter.decide('192.0.2.1');
      expect(log.lines.length).toBeGreaterThan(0);
    });
    expect(log.lines[0]).toMatch(/stays as it was: .*status 500$/);
    expect(log.lines[0]).not.toContain('secret');
    expect(rule(filter, '192.0.2.1')).toContain('192.0.2.0/24');
    answer = { status: 200, etag: '"3"', text: '198.51.100.0/24' };
    await vi.waitFor(() => {
      clock.advance(60_000);
      expect(rule(filter, '192.0.2.1')).toBe('unlisted');
    });
    expect(asked.slice(0, 2)).toEqual([undefined, '"1"']);
  });

  it('uses its copy when the server cannot be reached at the start', async () => {
    const copy = join(await temporaryFolder(), 'copy.txt');
    let isUp = true;
    const url = await serve((_request, response) => {
      if (isUp) response.end('192.0.2.0/24\n');
      else response.destroy();
    });
    const log = collectingLog();
    await ipListUrl(url, { copy, log }).load();
    expect(await readFile(copy, 'utf8')).toBe('192.0.2.0/24\n');
    isUp = false;
    const list = ipListUrl(url, { copy, log });
    await list.load();
    expect(list.table!.size).toBe(1);
    expect(log.lines[0]).toContain('its last copy is used');
    await list.load(); // a configuration is loaded again
    expect([list.table!.size, log.lines.at(-1)]).toEqual([1, expect.stringContaining('stays as it was')]);
    await expect(ipListUrl(url, { log }).load()).rejects.toMatchObject({ code: 'IP_FILTER_LIST_UNREADABLE' });
  });

  it('keeps the list, and the copy, when an answer is empty or not delimited', async () => {
    const copy = join(await temporaryFolder(), 'copy.txt');
    let mode: 'whole' | 'empty' | 'cut' = 'whole';
    const url = await serve((_request, response) => {
      if (mode === 'cut') response.socket!.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n203.0.113.12');
      else response.end(mode === 'whole' ? '192.0.2.7\n203.0.113.128\n' : '');
    });
    const log = collectingLog();
    const list = ipListUrl(url, { copy, log });
    await list.load();
    for (const [next, why] of [
      ['empty', 'it is empty, and was not before'],
      ['cut', 'does not say where it ends'],
    ] as const) {
      mode = next;
      await list.load();
      expect([list.table!.size, log.lines.at(-1)]).toEqual([2, expect.stringContaining(why)]);
      const afterRestart = ipListUrl(url, { copy, log });
      await afterRestart.load();
      expect([afterRestart.table!.size, log.lines.at(-1)]).toEqual([2, expect.stringContaining(why)]);
    }
    expect(await readFile(copy, 'utf8')).toBe('192.0.2.7\n203.0.113.128\n');
    mode = 'empty';
    const mayBeEmpty = ipListUrl(url, { copy, log, mayBeEmpty: true });
    await mayBeEmpty.load();
    expect(mayBeEmpty.table!.size).toBe(0);
  });

  it('takes no list that is too long, too slow, elsewhere, or broken', async () => {
    const fails = async (listener: RequestListener, options = {}, clock = createManualClock()) => {
      const loading = ipListUrl(await serve(listener), { log: collectingLog(), clock, ...options }).load();
      return { loading, clock };
    };
    const long = await fails((_request, response) => void response.end('192.0.2.1\n'.repeat(100)), { maxBytes: 100 });
    await expect(long.loading).rejects.toThrow('the list is longer than 100 bytes');
    const moved = await fails((_request, response) => void response.writeHead(302, { location: '/' }).end());
    await expect(moved.loading).rejects.toThrow('the answer has the status 302');
    const broken = await fails((_request, response) => void response.end('<html>'));
    await expect(broken.loading).rejects.toMatchObject({ code: 'IP_FILTER_LIST_INVALID' });
    let isAsked = false;
    const slow = await fails((_request, response) => {
      response.write('192.0.2.1\n');
      isAsked = true;
    });
    const outcome = expect(slow.loading).rejects.toThrow();
    await vi.waitFor(() => expect(isAsked).toBe(true));
    slow.clock.advance(10_000);
    await outcome;
  });

  it.each(['ftp://a/', 'a', 'https://user:pass@a/'])('refuses %j', (url) => {
    expect(() => ipListUrl(url)).toThrow(expect.objectContaining({ code: 'IP_FILTER_OPTION_INVALID' }));
  });
});
