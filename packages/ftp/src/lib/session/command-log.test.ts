import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { commandLog } from './command-log.ts';
import type { FtpCommand } from './ftp-command.ts';
import { commandLogHeader } from './log-line.ts';
import type { SessionInfo } from './session-info.ts';

async function lineOf(given: Partial<FtpCommand>, session: Partial<SessionInfo> = {}): Promise<string> {
  const lines: string[] = [];
  const clock = createManualClock({ now: Date.UTC(2026, 0, 31, 23, 59, 58) });
  const command = {
    ...{ verb: 'RETR', argument: '', shown: 'a b.txt', path: '/docs/a b.txt', bytes: 5, code: 226 },
    session: {
      ...{ id: 7, remoteAddress: '192.0.2.1', localAddress: '192.0.2.2', localPort: 21, host: null },
      ...{ user: { name: 'ada' }, ...session },
    },
    ...given,
  } as FtpCommand;
  await commandLog((line) => lines.push(line), clock)(command, () => void clock.advance(1500));
  expect(lines).toHaveLength(1);
  return lines[0]!;
}

describe('commandLog()', () => {
  it("writes the fields of IIS' FTP log", async () => {
    expect(commandLogHeader.split('\n')[3]).toBe(
      '#Fields: date time c-ip cs-username s-ip s-port cs-method cs-uri-stem sc-status sc-win32-status sc-substatus sc-bytes cs-bytes time-taken cs-host x-session x-fullpath',
    );
    expect(await lineOf({})).toBe(
      `2026-01-31 23:59:59 192.0.2.1 ada 192.0.2.2 21 RETR a+b.txt 226 0 0 5 0 1500 - ${process.pid}.7 /docs/a+b.txt\n`,
    );
    expect(await lineOf({ verb: 'STOR' }, { host: 'two.example', user: null })).toContain(
      ' - 192.0.2.2 21 STOR a+b.txt 226 0 0 0 5 1500 two.example ',
    );
  });

  it('writes one line of as many columns, whatever a client sends', async () => {
    const columns = (await lineOf({})).split(' ').length;
    for (const shown of ['a\r\nb', '"\\', 'é\0', '😀', '', ' ', 'x'.repeat(5000)]) {
      const line = await lineOf({ shown, verb: shown });
      expect(line).toMatch(/^[ -~]+\n$/);
      expect(line.trimEnd().split(' ')).toHaveLength(columns);
      expect(line.length).toBeLessThan(2500);
    }
  });

  it('writes commands that fail too', async () => {
    const lines: string[] = [];
    const session = { id: 1, user: null } as unknown as SessionInfo;
    const command = { verb: 'RETR', shown: 'a', path: null, code: null, bytes: 0, session } as FtpCommand;
    const failing = commandLog((line) => lines.push(line))(command, () => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
    expect(lines[0]).toContain(' RETR a 451 ');
  });
});
