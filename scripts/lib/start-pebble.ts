import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import type net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePorts } from './free-port.ts';
import { makeCertificate } from './make-certificate.ts';

/** What the authority is started with. */
export interface PebbleOptions {
  /** Where it asks for HTTP-01 and TLS-ALPN-01. Default: a port where nobody listens. */
  readonly httpPort?: number;
  readonly tlsPort?: number;
  /** How long its certificates are valid, in seconds. Default: 90 days. */
  readonly validSeconds?: number;
  /** The keys that accounts must be bound to (RFC 8555 §7.3.4), by their names. Default: none is needed. */
  readonly externalKeys?: Readonly<Record<string, string>>;
}

/** A real `pebble`, the test authority of Let's Encrypt, whose DNS says 127.0.0.1 for every name. */
export interface TestPebble {
  readonly directory: string;
  /** PEM: the root that its own server is trusted by. */
  readonly ca: string;
  readonly caFile: string;
  /** Answers `/present` and `/cleanup` by changing the DNS, see `dns-webhook.ts`. */
  readonly dnsUrl: string;
  /** Its DNS, `address:port`. */
  readonly dnsServer: string;
  /** Makes a name of the DNS an alias (CNAME). */
  setAlias(name: string, target: string): Promise<void>;
  /** Returns the root of what it issues. */
  root(): Promise<string>;
  /** `Valid` or `Revoked`. */
  statusOf(serial: string): Promise<string>;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Its port stays open, but nobody gets an answer until `resume`. */
  pause(): void;
  resume(): void;
}

/** Starts it until the test ends. Its DNS is `pebble-challtestsrv`. */
export async function startPebble(options: PebbleOptions = {}): Promise<TestPebble> {
  const folder = await mkdtemp(join(tmpdir(), 'windhover-pebble-'));
  const own = await makeCertificate(folder, { name: 'localhost' });
  const [port, management, dnsPort, dnsManagement, nowhere] = await freePorts(5);
  const file = join(folder, 'pebble.json');
  const { httpPort = nowhere, tlsPort = nowhere, validSeconds = 90 * 86_400, externalKeys } = options;
  const pebble = {
    ...{ listenAddress: `127.0.0.1:${port}`, managementListenAddress: `127.0.0.1:${management}` },
    ...{ certificate: own.certFile, privateKey: own.keyFile, httpPort, tlsPort, ocspResponderURL: '' },
    ...{ externalAccountBindingRequired: externalKeys !== undefined, externalAccountMACKeys: externalKeys ?? {} },
    certificateValidityPeriod: validSeconds,
  };
  await writeFile(file, JSON.stringify({ pebble }));
  const ca = await readFile(own.certFile, 'utf8');
  const ask = (path: string): Promise<string> => get(`https://localhost:${management}${path}`, ca);
  const dns = spawn(
    'pebble-challtestsrv',
    [
      ...['-dns01', `127.0.0.1:${dnsPort}`, '-management', `127.0.0.1:${dnsManagement}`, '-defaultIPv6', ''],
      ...['-http01', '', '-https01', '', '-tlsalpn01', ''],
    ],
    { stdio: 'ignore' },
  );
  const relay = await startDnsRelay(`http://127.0.0.1:${dnsManagement}`);
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_AUTHZREUSE: '0' };
    const started = spawn('pebble', ['-config', file, '-dnsserver', `127.0.0.1:${dnsPort}`], { env, stdio: 'ignore' });
    child = started;
    while ((await get(`https://localhost:${port}/dir`, ca).catch(() => null)) === null) {
      if (started.exitCode !== null) throw new Error(`pebble ended with ${started.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const kill = async (): Promise<void> => {
    if (child !== null) await killed(child);
    child = null;
  };
  onTestFinished(async () => {
    await kill();
    await killed(dns);
    relay.close();
    await rm(folder, { recursive: true });
  });
  await start();
  return {
    directory: `https://localhost:${port}/dir`,
    ca,
    caFile: own.certFile,
    dnsUrl: `http://127.0.0.1:${(relay.address() as net.AddressInfo).port}`,
    dnsServer: `127.0.0.1:${dnsPort}`,
    async setAlias(host, target) {
      const body = JSON.stringify({ host: `${host}.`, target: `${target}.` });
      const answer = await fetch(`http://127.0.0.1:${dnsManagement}/set-cname`, { method: 'POST', body });
      if (!answer.ok) throw new Error(`The DNS of the test answers ${answer.status}`);
    },
    root: () => ask('/roots/0'),
    statusOf: async (serial) =>
      (JSON.parse(await ask(`/cert-status-by-serial/${serial}`)) as { Status: string }).Status,
    kill,
    start,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
  };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Says to the DNS of the test what a webhook is told. */
async function startDnsRelay(management: string) {
  const { createServer } = await import('node:http');
  const server = createServer(async (incoming, answer) => {
    let text = '';
    for await (const chunk of incoming) text += String(chunk);
    const { fqdn, value } = JSON.parse(text) as { readonly fqdn: string; readonly value: string };
    const path = incoming.url === '/present' ? '/set-txt' : '/clear-txt';
    const changed = await fetch(`${management}${path}`, {
      method: 'POST',
      body: JSON.stringify({ host: fqdn, value }),
    });
    answer.writeHead(changed.status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function get(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca, agent: false }, async (answer) => {
      let text = '';
      for await (const chunk of answer) text += String(chunk);
      if (answer.statusCode === 200) resolve(text);
      else reject(new Error(`${url}: ${answer.statusCode} ${text}`));
    });
    sent.once('error', reject);
    sent.end();
  });
}
