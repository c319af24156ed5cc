import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { writeLocalhostCertificate } from '@windhover/transport/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { execute, startConfig, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

const clear = '{ address: 127.0.0.1, port: 0, http2: prior-knowledge }';

describe.skipIf(!hasPeer('curl'))('the front server, asked by curl', () => {
  async function ask(url: string, ...args: string[]): Promise<string> {
    return (await execute('curl', ['-sk', '-m', '20', '-w', ' %{http_version}', ...args, url])).stdout;
  }

  it('speaks HTTP/2 on TLS, HTTP/1.1 with those who do not, and neither more where it is told so', async () => {
    const folder = await temporaryFolder();
    const { certFile, keyFile } = await writeLocalhostCertificate(folder);
    const site = `sites: { a: { tls: { certificate: ${certFile}, key: ${keyFile} }, hosts: [localhost], routes: [{ path: /, respond: hello }] } }\n`;
    const listen = `listen: [{ address: 127.0.0.1, port: 0, tls: true }, { address: 127.0.0.2, port: 0, tls: true, http2: never }]\n`;
    const { server } = await startConfig(`${listen}${site}`, folder);
    const [first, second] = server.listeners.map(({ name }) => ['--connect-to', `::${name}`]);
    expect(await ask('https://localhost/', ...first!)).toBe('hello 2');
    expect(await ask('https://localhost/', ...first!, '--http1.1')).toBe('hello 1.1');
    expect(await ask('https://localhost/', ...second!)).toBe('hello 1.1');
  });

  it('speaks it without TLS where a listener is told to, and passes uploads on to HTTP/1.1', async () => {
    const upstream = await startUpstream(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      response.end(`${request.httpVersion} ${request.headers.host} ${Buffer.concat(parts).length}`);
    });
    const { url } = await startConfig(
      `listen: ${clear}\nsites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${upstream.port}" }] } }\n`,
    );
    const file = join(await temporaryFolder(), 'body');
    await execute('dd', ['if=/dev/zero', `of=${file}`, 'bs=1000', 'count=3000']);
    expect((await readFile(file)).length).toBe(3_000_000);
    const host = new URL(url).host;
    expect(await ask(url, '--http2-prior-knowledge', '--data-binary', `@${file}`)).toBe(`1.1 ${host} 3000000 2`);
    expect(await ask(url)).toBe(`1.1 ${host} 0 1.1`);
  });
});

it('tells who begins with HTTP/2 where nobody expects it, and does not change that in a process without workers', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'windhover.yaml');
  const text = (http2: string) =>
    `listen: { unix: "${folder}/w.sock", http2: ${http2} }\nsites: { a: { routes: [{ path: /, respond: hi }] } }\n`;
  const { server, logLines } = await startConfig(text('alpn'), folder);
  await execute('curl', [
    '-s',
    '-m',
    '20',
    '--http2-prior-knowledge',
    '--unix-socket',
    `${folder}/w.sock`,
    'http://a/',
  ]);
  expect(logLines.join('')).toContain('a listener with `http2: prior-knowledge` takes it');
  await expect(server.reload({ config: { file, text: text('prior-knowledge') } })).rejects.toThrow(
    /cannot change `http2` from or to prior-knowledge while the server runs without workers/,
  );
  await server.reload({ config: { file, text: text('never') } });
});

it('passes a WebSocket of HTTP/2 on to a server of HTTP/1.1', async () => {
  const keys: (string | undefined)[] = [];
  const upstream = createServer().on('upgrade', (request, socket: Duplex) => {
    keys.push(request.headers['sec-websocket-key']);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.on('error', () => undefined); // the client ends with the test
    socket.on('data', (bytes: Buffer) => socket.write(bytes.toString().toUpperCase()));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void upstream.close());
  const { port } = upstream.address() as AddressInfo;
  const { url } = await startConfig(
    `listen: ${clear}\nsites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${port}" }] } }\n`,
  );
  const client = connect(url);
  onTestFinished(() => client.destroy());
  await once(client, 'remoteSettings');
  const handshake = {
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'http',
    ':authority': 'a',
    ':path': '/',
  };
  const stream = client.request({ ...handshake, 'sec-websocket-version': '13' }, { endStream: false });
  const [head] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  expect([head[':status'], keys[0]?.length]).toEqual([200, 24]);
  const heard = once(stream, 'data');
  stream.write('hello');
  expect(String((await heard)[0])).toBe('HELLO');
});

describe('gRPC through the front server', () => {
  const raw = {
    requestSerialize: (value: Buffer): Buffer => value,
    requestDeserialize: (value: Buffer): Buffer => value,
    responseSerialize: (value: Buffer): Buffer => value,
    responseDeserialize: (value: Buffer): Buffer => value,
  };
  const definition: ServiceDefinition = {
    echo: { path: '/test.Echo/Echo', requestStream: false, responseStream: false, ...raw },
    count: { path: '/test.Echo/Count', requestStream: false, responseStream: true, ...raw },
    never: { path: '/test.Echo/Never', requestStream: false, responseStream: false, ...raw },
  };

  async function start(): Promise<Client> {
    const server = new Server();
    server.addService(definition, {
      echo: (call: { request: Buffer; metadata: Metadata }, done: (error: unknown, value?: Buffer) => void) => {
        const text = call.request.toString();
        if (text === 'fail') done({ code: status.NOT_FOUND, details: 'nothing here' });
        else done(null, Buffer.from(`${call.metadata.get('x-own')} ${text}`));
      },
      count: (call: { write(value: Buffer): void; end(): void }) => {
        for (let number = 0; number < 100; number++) call.write(Buffer.from(`${number}`));
        call.end();
      },
      never: () => undefined,
    } as UntypedServiceImplementation);
    const port = await new Promise<number>((resolve, reject) => {
      const bound = (error: Error | null, at: number): void => (error === null ? resolve(at) : reject(error));
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), bound);
    });
    onTestFinished(() => server.forceShutdown());
    const upstreams = `upstreams: { u: { to: ["http://127.0.0.1:${port}"], protocol: http2 } }\n`;
    const { url } = await startConfig(
      `listen: ${clear}\n${upstreams}sites: { a: { routes: [{ path: /, proxy: u }] } }\n`,
    );
    const client = new Client(new URL(url).host, credentials.createInsecure());
    onTestFinished(() => client.close());
    return client;
  }

  const call = (client: Client, path: string, text: string, deadlineMs = 20_000): Promise<string> =>
    new Promise((resolve, reject) => {
      const metadata = new Metadata();
      metadata.set('x-own', 'heard');
      const options = { deadline: Date.now() + deadlineMs };
      client.makeUnaryRequest<Buffer, Buffer>(
        path,
        raw.requestSerialize,
        raw.responseDeserialize,
        Buffer.from(text),
        metadata,
        options,
        (error, value) => (error === null ? resolve(value!.toString()) : reject(error)),
      );
    });

  it('answers calls, tells their status in trailers, and streams', async () => {
    const client = await start();
    expect(await call(client, '/test.Echo/Echo', 'hello')).toBe('heard hello');
    await expect(call(client, '/test.Echo/Echo', 'fail')).rejects.toMatchObject({
      code: status.NOT_FOUND,
      details: 'nothing here',
    });
    const stream = client.makeServerStreamRequest(
      '/test.Echo/Count',
      raw.requestSerialize,
      raw.responseDeserialize,
      Buffer.from(''),
    );
    let count = 0;
    for await (const _ of stream) count += 1;
    expect(count).toBe(100);
  });

  it('ends a call at its deadline, and the connection serves the next', async () => {
    const client = await start();
    await expect(call(client, '/test.Echo/Never', 'x', 300)).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(await call(client, '/test.Echo/Echo', 'again')).toBe('heard again');
  });
});
