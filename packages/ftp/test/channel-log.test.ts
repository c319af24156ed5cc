import { describe, expect, it } from 'vitest';
import { type ChannelEvent, channelLog, commandLog, createMemoryFileSystem } from '../src/index.ts';
import { FtpClient } from './ftp-client.ts';
import { startFtp } from './start-ftp.ts';

describe('channelLog()', () => {
  it('writes when connections open and close, among the commands, with the ports and the user', async () => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const { port } = await startFtp({
      root: createMemoryFileSystem({ '/a.txt': 'hello' }),
      middleware: [commandLog(write)],
      onChannel: channelLog(write),
    });
    const client = await FtpClient.logIn(port);
    await client.download('RETR a.txt');
    await client.code('QUIT');
    await expect.poll(() => lines.filter((line) => line.includes('ChannelClosed'))).toHaveLength(2);
    const columns = lines.map((line) => line.split(' '));
    const told = columns.map((words) => [words[6], words[3], words[8]]);
    expect(told[0]).toEqual(['ControlChannelOpened', '-', '-']);
    expect(told).toContainEqual(['DataChannelOpened', 'ada', '-']);
    expect(told).toContainEqual(['DataChannelClosed', 'ada', '-']);
    expect(told.at(-1)).toEqual(['ControlChannelClosed', 'ada', '-']);
    expect(new Set(columns.map(({ length }) => length)).size).toBe(1);
    const portsOf = (kind: string) => columns.filter((words) => words[6]!.startsWith(kind)).map((words) => words[5]);
    expect(portsOf('Control')).toEqual([String(port), String(port)]);
    const [opened, closed] = portsOf('Data');
    expect(opened).toBe(closed);
    expect(opened).not.toBe(String(port));
  });

  it('tells of each connection once, also with a function that fails', async () => {
    const kinds: string[] = [];
    const { port, server } = await startFtp({
      root: createMemoryFileSystem(),
      onChannel({ kind }: ChannelEvent) {
        kinds.push(kind);
        throw new Error('It fails');
      },
    });
    const client = await FtpClient.logIn(port);
    await client.code('QUIT');
    await expect.poll(() => server.sessions).toEqual([]);
    expect(kinds).toEqual(['ControlChannelOpened', 'ControlChannelClosed']);
  });
});
