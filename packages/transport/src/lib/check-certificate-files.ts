import { resolve } from 'node:path';
import { expectedFound, isRecord, kindOf, unknownName } from '@windhover/options';
import type { CertificateFiles } from './certificate-files.ts';
import type { ClientCertificates } from './client-certificates.ts';
import { tlsOptionError } from './tls-option-error.ts';

/**
 * Returns the paths of a certificate and its key, made absolute. Throws `TRANSPORT_TLS_BAD_OPTION`. The message shows
 * only names and types of a wrong value, because the value may be the key itself.
 *
 * @param where the option that holds the files
 */
export function checkCertificateFiles(where: string, files: unknown): CertificateFiles {
  if (!isRecord(files)) throw notFiles(where, files);
  if ('cert' in files || 'key' in files) {
    throw tlsOptionError(
      `${where}: expected certFile and keyFile, paths of PEM files, found ${kindOf(files)}, as node:https has it`,
    );
  }
  const unknown = unknownName(files, names);
  if (unknown !== null) throw tlsOptionError(`${where}: ${unknown}`);
  if (!('certFile' in files) || !('keyFile' in files)) throw notFiles(where, files);
  const certFile = checkPath(`${where}.certFile`, files['certFile']);
  const keyFile = checkPath(`${where}.keyFile`, files['keyFile']);
  const { passphrase, clientCertificates: asked } = files;
  if (passphrase !== undefined && typeof passphrase !== 'string')
    throw tlsOptionError(`${where}.passphrase: ${found('a string', passphrase)}`);
  return {
    certFile,
    keyFile,
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(asked === undefined ? {} : { clientCertificates: checkAsked(`${where}.clientCertificates`, asked) }),
  };
}

function checkAsked(where: string, asked: unknown): ClientCertificates {
  if (!isRecord(asked)) throw tlsOptionError(`${where}: ${found('{ caFile }, a path', asked)}`);
  const unknown = unknownName(asked, askedNames);
  if (unknown !== null) throw tlsOptionError(`${where}: ${unknown}`);
  const { caFile, crlFile, mode = 'require', name = '' } = asked;
  if (mode !== 'require' && mode !== 'request')
    throw tlsOptionError(`${where}.mode: ${expectedFound("'require' or 'request'", mode)}`);
  if (typeof name !== 'string') throw tlsOptionError(`${where}.name: ${found('a string', name)}`);
  const ca = checkPath(`${where}.caFile`, caFile);
  return {
    caFile: ca,
    mode,
    name,
    ...(crlFile === undefined ? {} : { crlFile: checkPath(`${where}.crlFile`, crlFile) }),
  };
}

const names: readonly string[] = [
  'certFile',
  'keyFile',
  'passphrase',
  'clientCertificates',
] satisfies (keyof CertificateFiles)[];

const askedNames: readonly string[] = ['caFile', 'crlFile', 'mode', 'name'] satisfies (keyof ClientCertificates)[];

function notFiles(where: string, got: unknown): Error {
  return tlsOptionError(`${where}: ${found('{ certFile, keyFile }, two paths', got)}`);
}

function checkPath(where: string, path: unknown): string {
  if (typeof path !== 'string') throw tlsOptionError(`${where}: ${found('a path', path)}`);
  if (keyText.test(path)) throw tlsOptionError(`${where}: give a path, not the PEM text: write that to a file first`);
  const isPath = path !== '' && path.length <= maxPathLength && !/[\0\r\n]/.test(path);
  if (!isPath)
    throw tlsOptionError(`${where}: expected a path, found ${path === '' ? '""' : 'a text that is not a path'}`);
  return resolve(path); // absolute: reload() finds it even if the working directory has changed
}

function found(expected: string, value: unknown): string {
  return expectedFound(expected, value, { show: kindOf });
}

/** PEM, PEM in base64 (as secrets are often stored), and DER in base64. */
const keyText = /-----BEGIN|^\s*LS0tLS1CRUdJTi|^\s*MI[A-Za-z0-9+/=\s]{60,}$/;

/** PATH_MAX on Linux. */
const maxPathLength = 4096;
