import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ConnectAddress, type ConnectOptions, connect, type Listener, listen } from '../src/index.ts';

/** The function that Node calls on the system's socket. */
interface Handle {
  setNoDelay(isOn: boolean): number;
  setKeepAlive(isOn: boolean, delaySeconds: number): number;
}

let folder: string;
let listener: Listener;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connect-'));
  listener = await listen({ host: 'localhost', port: 0 }, (connection) => connection.end());
});

afterAll(async () => {
  await listener.close();
  await rm(folder, { recursive: true });
});

/** A port on which nothing listens any more. */
async function deadPort(host: string): Promise<number> {
  const dead = await listen({ host, port: 0 }, () => undefined);
  await dead.close();
  return dead.port!;
}

function attempt(address: unknown, options?: unknown): Promise<unknown> {
  return connect(address as ConnectAddress, options as ConnectOptions).then(
    (connection) => connection.destroy(),
    (error: unknown) => error,
  );
}

describe('connect() refuses an address', () => {
  it.each<[unknown, RegExp]>([
    [undefined, /expected \{ host, port \} or \{ path \}, found undefined/],
    ['127.0.0.1:80', /found "127\.0\.0\.1:80"/],
    ['http://me:secret@x', /expected \{ host, port \} or \{ path \}, found a string/],
    [{ host: 'http://me:secret@x', port: 80 }, /expected a host without scheme, .* found a string/],
    [{ port: 80 }, /host: expected an IP address or a name, found undefined/],
    [{ host: '', port: 80 }, /host: ''/],
    [{ host: 'localhost' }, /found \{ host \}/],
    [{ host: 'localhost', port: '80' }, /port: .* found "80". Convert it with Number/],
    [{ host: 'localhost:80', port: 80 }, /host: expected a host without port, as in/],
    [{ host: 'localhost', port: 80, timeoutMs: 5 }, /found \{ host, port, timeoutMs \}/],
    [{ path: 5 }, /path: expected the path of a socket file, found 5/],
  ])('%j', async (address, text) => {
    const error = await attempt(address);
    expect(error).toMatchObject({ code: 'TRANSPORT_ADDRESS_INVALID', message: expect.stringMatching(text) });
  });
});

describe('connect() refuses the options', () => {
  it.each<[unknown, RegExp]>([
    [null, /the options: expected an object, found null/],
    [{ timeout: 5 }, /expected `timeoutMs`, `preamble` or `signal`, found `timeout`\. Did you mean `timeoutMs`\?/],
    [{ timeoutMs: '500' }, /timeoutMs: expected milliseconds above 0, or null for no limit, found "500"/],
    [{ timeoutMs: 0 }, /timeoutMs: .* found 0/],
    [{ timeoutMs: -1 }, /timeoutMs: .* found -1/],
    [{ timeoutMs: Number.NaN }, /timeoutMs: .* found NaN/],
    [{ timeoutMs: Number.POSITIVE_INFINITY }, /timeoutMs: .*null for no limit.* found Infinity/],
    [{ signal: null }, /signal: expected an AbortSignal, found null/],
    [{ signal: {} }, /signal: expected an AbortSignal, found \{\}/],
  ])('%o', async (options, text) => {
    const error = await attempt({ host: '127.0.0.1', port: listener.port }, options);
    expect(error).toMatchObject({ code: 'TRANSPORT_BAD_OPTION', message: expect.stringMatching(text) });
  });
});

describe('connect()', () => {
  it.each([null, undefined, 2 ** 31, Number.MAX_SAFE_INTEGER])(
    'waits for an answer with a timeoutMs of %s',
    async (timeoutMs) => {
      expect(await attempt({ host: '127.0.0.1', port: listener.port }, { timeoutMs })).toBe(undefined);
    },
  );

  it.each([null, 2 ** 31])('is not given up by a timeoutMs of %s before there is an answer', async (timeoutMs) => {
    const unanswered = { host: '192.0.2.1', port: 9 }; // RFC 5737: no host has it; some systems report that at once
    const signal = AbortSignal.timeout(50);
    expect(await attempt(unanswered, { timeoutMs, signal })).toMatchObject({ code: 'TRANSPORT_CONNECT_FAILED' });
  });

  it('sends small writes at once, and asks a silent peer whether it is still there', async () => {
    const peer = net.createServer((socket) => socket.resume()); // a peer that sets no options itself
    await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
    const prototype = Object.getPrototypeOf((peer as unknown as { _handle: object })._handle) as Handle;
    const noDelay = vi.spyOn(prototype, 'setNoDelay');
    const keepAlive = vi.spyOn(prototype, 'setKeepAlive');
    const connection = await connect({ host: '127.0.0.1', port: (peer.address() as net.AddressInfo).port });
    expect(noDelay).toHaveBeenCalledWith(true);
    expect(keepAlive.mock.calls[0]?.[0]).toBe(true);
    expect(keepAlive.mock.calls[0]?.[1]).toBe(60);
    connection.destroy();
    peer.close();
    vi.restoreAllMocks();
  });

  it('takes an IPv6 address in brackets, as URLs have it', async () => {
    const inBrackets = { host: '[::1]', port: listener.port };
    const plain = { host: '::1', port: listener.port };
    const [one, other] = [await attempt(inBrackets), await attempt(plain)];
    expect(String(one)).toBe(String(other)); // without IPv6 both fail the same way
  });

  it('says where it failed, and why, for one address and for both of localhost', async () => {
    const port = await deadPort('127.0.0.1');
    expect(String(await attempt({ host: '127.0.0.1', port }))).toContain(`127.0.0.1:${port}: nothing listens there`);
    expect(String(await attempt({ host: 'localhost', port }))).toContain(`localhost:${port}: nothing listens there`);
    expect(String(await attempt({ host: '::1', port }))).toContain(`: [::1]:${port}: `);
  });

  it('says what is wrong with a socket file', async () => {
    const path = join(folder, 'none');
    expect(String(await attempt({ path }))).toContain(`unix:${path}: there is no such socket file (ENOENT)`);
    await writeFile(path, '');
    expect(String(await attempt({ path }))).toContain(`unix:${path}: nothing listens there`);
  });
});
