import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import type { Connection, ConnectionInfo } from '@windhover/core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import {
  type CertificateFiles,
  createTls,
  type Listener,
  listen,
  type Tls,
  type TlsOptions,
  type TransportError,
} from '../src/index.ts';
import { connectTls } from './connect-tls.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export let folder = '';
export let main: CertificateFiles;
export let exact: CertificateFiles;
export let wildcard: CertificateFiles;
export const listeners: Listener[] = [];
/** Those of the servers of this test: one that ends late is told to nobody else. */
export let failures: { readonly error: TransportError; readonly info: ConnectionInfo }[] = [];

/** Makes the certificates before the tests of a file, and closes everything a test opened after it. */
export function setUpTls(): void {
  beforeAll(async () => {
    if (!hasOpenssl) return;
    folder = await mkdtemp(join(tmpdir(), 'tls-'));
    main = await makeCertificate(folder, { name: 'main.example' });
    exact = await makeCertificate(folder, { name: 'exact.example.org' });
    wildcard = await makeCertificate(folder, { name: '*.example.org' });
  });

  afterEach(async () => {
    for (const listener of listeners.splice(0)) await listener.close();
    failures = [];
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));
}

export async function serve(
  options: Partial<TlsOptions> = {},
  accept = echo,
): Promise<{ address: Address; secure: Tls }> {
  const own = failures;
  const secure = await createTls({
    certificate: main,
    onHandshakeError: (error, info) => own.push({ error, info }),
    ...options,
  });
  const listener = await listen({ host: '127.0.0.1', port: 0 }, accept, { tls: secure });
  listeners.push(listener);
  return { address: listener.address as Address, secure };
}

export function echo(connection: Connection): void {
  connection.attach({
    data: (chunk) => connection.write(chunk),
    end: () => connection.end(),
    drain: () => undefined,
    close: () => undefined,
  });
}

export function answerFacts(connection: Connection): void {
  connection.attach({
    data: () => {
      connection.write(JSON.stringify(connection.info));
      connection.end();
    },
    end: () => connection.end(),
    drain: () => undefined,
    close: () => undefined,
  });
}

/** The server's report on a connection, and the name in its certificate. */
export async function facts(
  address: Address,
  options: tls.ConnectionOptions,
): Promise<{ info: ConnectionInfo; name: string }> {
  const socket = tls.connect({ ...address, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  const name = String(socket.getPeerCertificate().subject.CN);
  socket.write('x');
  let text = '';
  for await (const chunk of socket) text += chunk;
  return { info: JSON.parse(text) as ConnectionInfo, name };
}

/** Sends raw bytes, waits until the other side closes, and returns what it sent before that. */
export async function sendRaw(
  address: Address,
  bytes: string | Uint8Array,
  act?: (socket: net.Socket) => void,
): Promise<Buffer> {
  const socket = net.connect(address);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write(bytes, () => act?.(socket));
  await closed;
  return Buffer.concat(chunks);
}

export async function failure(): Promise<TransportError> {
  await until(() => failures.length > 0);
  return failures.shift()!.error;
}

export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
/** Whether a new client is still served. */
export async function works(address: Address): Promise<void> {
  const connection = await connectTls(address, 'data');
  await talk(connection);
  connection.destroy();
}

export function talk(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.attach({ data: () => resolve(), end: () => undefined, drain: () => undefined, close: reject });
    connection.write('hello');
  });
}

export async function certificateName(address: Address): Promise<string> {
  const socket = tls.connect({ ...address, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const name = String(socket.getPeerCertificate().subject.CN);
  socket.destroy();
  return name;
}

export async function sClient(address: Address, options: string[], input: string): Promise<{ output: string }> {
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${address.port}`, ...options]);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  child.stdin.on('error', () => undefined);
  await until(() => output.includes('Verify return code') || child.exitCode !== null);
  child.stdin.write(input);
  if (child.exitCode === null) await once(child, 'close');
  return { output };
}
