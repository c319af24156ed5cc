import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import {
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type StatusObject,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { localhostCertificate, writeLocalhostCertificate } from '@windhover/transport/testing';
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

  it.each(['never', 'false'])('leaves it out of all listeners with http2: %s at the top', async (word) => {
    const folder = await temporaryFolder();
    const { certFile, keyFile } = await writeLocalhostCertificate(folder);
    const site = `sites: { a: { tls: { certificate: ${certFile}, key: ${keyFile} }, hosts: [localhost], routes: [{ path: /, respond: hello }] } }\n`;
    const listen = `http2: ${word}\nlisten: [{ address: 127.0.0.1, port: 0, tls: true }, { address: 127.0.0.2, port: 0, tls: true, http2: alpn }]\n`;
    const { server } = await startConfig(`${listen}${site}`, folder);
    const [first, second] = server.listeners.map(({ name }) => ['--connect-to', `::${name}`]);
    expect(await ask('https://localhost/', ...first!)).toBe('hello 1.1');
    expect(await ask('https://localhost/', ...second!)).toBe('hello 2');
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
  await expect.poll(() => logLines.join('')).toContain('a listener with `http2: prior-knowledge` takes it');
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

it('passes WebSocket of HTTP/1.1 on through two servers that speak HTTP/2 with each other', async () => {
  const upstream = createServer().on('upgrade', (_request, socket: Duplex) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => socket.write(bytes.toString().toUpperCase()));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void upstream.close());
  const { port } = upstream.address() as AddressInfo;
  const inner = await startConfig(
    `listen: ${clear}\nsites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${port}" }] } }\n`,
  );
  const route = `{ path: /, proxy: { to: "${new URL(inner.url).origin}", protocol: http2, proxyProtocol: v2 } }`;
  const refused = await startConfig(`listen: { address: 127.0.0.1, port: 0 }\nsites: { a: { routes: [${route}] } }\n`);
  expect((await fetch(refused.url)).status).toBe(502); // the inner server expects no PROXY header
  const outer = await startConfig(
    `listen: { address: 127.0.0.1, port: 0 }\nsites: { a: { routes: [${route.replace(', proxyProtocol: v2', '')}] } }\n`,
  );
  const { hostname, port: outerPort } = new URL(outer.url);
  const lines = ['Host: a', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
  const socket = connectTcp(Number(outerPort), hostname);
  onTestFinished(() => void socket.destroy());
  socket.write(`GET /chat HTTP/1.1\r\n${lines.join('\r\n')}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 101 [\s\S]*s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/);
  socket.write('hello');
  expect(String((await once(socket, 'data'))[0])).toBe('HELLO');
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
    sum: { path: '/test.Echo/Sum', requestStream: true, responseStream: false, ...raw },
    chat: { path: '/test.Echo/Chat', requestStream: true, responseStream: true, ...raw },
    never: { path: '/test.Echo/Never', requestStream: false, responseStream: false, ...raw },
  };

  interface Service {
    readonly client: Client;
    /** The calls that their servers saw cancelled. */
    readonly cancelled: string[];
  }

  /** A client with TLS, the front server, and a service without TLS behind it. */
  async function start(): Promise<Service> {
    const cancelled: string[] = [];
    const server = new Server();
    const service = {
      echo: (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
        const text = call.request.toString();
        const trailer = new Metadata();
        trailer.set('x-trailer', 'told');
        call.sendMetadata(metadataWith('x-initial', 'first'));
        if (text === 'fail') done({ code: status.NOT_FOUND, details: 'nothing här' });
        else done(null, Buffer.from(`${call.metadata.get('x-own')} ${text}`), trailer);
      },
      count: (call: ServerWritableStream<Buffer, Buffer>) => {
        call.on('cancelled', () => cancelled.push('count'));
        if (call.request.toString() === 'refuse') {
          call.emit('error', { code: status.PERMISSION_DENIED, details: 'not you' }); // trailers only
          return;
        }
        for (let number = 0; number < 100; number++) call.write(Buffer.from(`${number}`));
        if (call.request.toString() !== 'hang') call.end();
      },
      sum: (call: ServerReadableStream<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
        let bytes = 0;
        call.on('data', (message: Buffer) => {
          bytes += message.length;
        });
        call.on('end', () => done(null, Buffer.from(String(bytes))));
      },
      chat: (call: ServerDuplexStream<Buffer, Buffer>) => {
        call.on('cancelled', () => cancelled.push('chat'));
        call.on('data', (message: Buffer) => call.write(Buffer.from(message.toString().toUpperCase())));
        call.on('end', () => call.end());
      },
      never: (call: ServerUnaryCall<Buffer, Buffer>) => void call.on('cancelled', () => cancelled.push('never')),
    };
    server.addService(definition, service as UntypedServiceImplementation);
    const port = await new Promise<number>((resolve, reject) => {
      const bound = (error: Error | null, at: number): void => (error === null ? resolve(at) : reject(error));
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), bound);
    });
    onTestFinished(() => server.forceShutdown());
    const folder = await temporaryFolder();
    const { certFile, keyFile } = await writeLocalhostCertificate(folder);
    const { server: front } = await startConfig(
      `listen: { address: 127.0.0.1, port: 0, tls: true }
upstreams: { u: { to: ["http://127.0.0.1:${port}"], protocol: http2 } }
sites: { a: { tls: { certificate: ${certFile}, key: ${keyFile} }, hosts: [localhost], routes: [{ path: /, proxy: u }] } }
`,
      folder,
    );
    const client = new Client(front.listeners[0]!.name, credentials.createSsl(Buffer.from(localhostCertificate.cert)), {
      'grpc.ssl_target_name_override': 'localhost',
      'grpc.default_authority': 'localhost',
    });
    onTestFinished(() => client.close());
    return { client, cancelled };
  }

  function metadataWith(name: string, value: string): Metadata {
    const metadata = new Metadata();
    metadata.set(name, value);
    return metadata;
  }

  const { requestSerialize: write, responseDeserialize: read } = raw;

  const call = (client: Client, path: string, text: string, deadlineMs = 20_000): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + deadlineMs };
      const own = metadataWith('x-own', 'heard');
      client.makeUnaryRequest<Buffer, Buffer>(path, write, read, Buffer.from(text), own, options, (error, value) =>
        error === null ? resolve(value!.toString()) : reject(error),
      );
    });

  /** The messages of a stream, and the status with which it ended. */
  async function collect(stream: ClientReadableStream<Buffer>): Promise<{ messages: string[]; code: number }> {
    const messages: string[] = [];
    stream.on('error', () => undefined); // told by `status`
    stream.on('data', (message: Buffer) => messages.push(message.toString()));
    const { code } = await new Promise<StatusObject>((resolve) => stream.on('status', resolve));
    return { messages, code };
  }

  it('answers unary calls, with metadata before and behind the answer, and tells their status in trailers', async () => {
    const { client } = await start();
    expect(await call(client, '/test.Echo/Echo', 'hello')).toBe('heard hello');
    await expect(call(client, '/test.Echo/Echo', 'fail')).rejects.toMatchObject({
      code: status.NOT_FOUND,
      details: 'nothing här',
    });
    const unary = client.makeUnaryRequest('/test.Echo/Echo', write, read, Buffer.from('x'), () => undefined);
    const [[initial], [ended]] = (await Promise.all([once(unary, 'metadata'), once(unary, 'status')])) as [
      [Metadata],
      [StatusObject],
    ];
    expect([initial.get('x-initial'), ended.metadata.get('x-trailer')]).toEqual([['first'], ['told']]);
    await expect(call(client, '/test.Echo/Unknown', 'x')).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  });

  it('streams from the server, and passes an error on that is trailers only', async () => {
    const { client } = await start();
    const numbers = client.makeServerStreamRequest('/test.Echo/Count', write, read, Buffer.from(''));
    const expected = Array.from({ length: 100 }, (_, number) => String(number));
    expect(await collect(numbers)).toEqual({ messages: expected, code: status.OK });
    const refused = client.makeServerStreamRequest('/test.Echo/Count', write, read, Buffer.from('refuse'));
    expect(await collect(refused)).toEqual({ messages: [], code: status.PERMISSION_DENIED });
  });

  it('streams from the client, more than any window', async () => {
    const { client } = await start();
    const answer = await new Promise<string>((resolve, reject) => {
      const stream = client.makeClientStreamRequest<Buffer, Buffer>('/test.Echo/Sum', write, read, (error, value) =>
        error === null ? resolve(value!.toString()) : reject(error),
      );
      for (let round = 0; round < 100; round++) stream.write(Buffer.alloc(20_000));
      stream.end();
    });
    expect(answer).toBe('2000000');
  });

  it('streams both ways, message by message', async () => {
    const { client } = await start();
    const stream = client.makeBidiStreamRequest<Buffer, Buffer>('/test.Echo/Chat', write, read);
    for (const word of ['one', 'two', 'three']) {
      stream.write(Buffer.from(word));
      const [message] = (await once(stream, 'data')) as [Buffer];
      expect(message.toString()).toBe(word.toUpperCase());
    }
    stream.end();
    const [{ code }] = (await once(stream, 'status')) as [StatusObject];
    expect(code).toBe(status.OK);
  });

  it('ends calls at their deadline and when they are cancelled, which the service hears, and serves the next', async () => {
    const { client, cancelled } = await start();
    await expect(call(client, '/test.Echo/Never', 'x', 300)).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    await expect.poll(() => cancelled).toEqual(['never']);
    const numbers = client.makeServerStreamRequest('/test.Echo/Count', write, read, Buffer.from('hang'));
    numbers.once('data', () => numbers.cancel());
    expect((await collect(numbers)).code).toBe(status.CANCELLED);
    const chat = client.makeBidiStreamRequest<Buffer, Buffer>('/test.Echo/Chat', write, read);
    chat.write(Buffer.from('hello'));
    chat.once('data', () => chat.cancel());
    expect((await collect(chat)).code).toBe(status.CANCELLED);
    await expect.poll(() => [...cancelled].sort()).toEqual(['chat', 'count', 'never']);
    expect(await call(client, '/test.Echo/Echo', 'again')).toBe('heard again');
  });

  it('tells a client that the service cannot be reached', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const { url } = await startConfig(
      `listen: ${clear}
upstreams: { u: { to: ["http://127.0.0.1:${port}"], protocol: http2 } }
sites: { a: { routes: [{ path: /, proxy: u }] } }
`,
    );
    const client = new Client(new URL(url).host, credentials.createInsecure());
    onTestFinished(() => client.close());
    await expect(call(client, '/test.Echo/Echo', 'x')).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });
});
