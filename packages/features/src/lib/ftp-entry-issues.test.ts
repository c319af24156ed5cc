import { describe, expect, it } from 'vitest';
import { ftpEntryIssues } from './ftp-entry-issues.ts';
import type { FtpEntry } from './ftp-schema.ts';

function paths(entry: Omit<FtpEntry, 'listen' | 'root'>): readonly unknown[] {
  return ftpEntryIssues({ listen: 21, root: './files', ...entry }).map(({ path }) => path);
}

describe('ftpEntryIssues()', () => {
  it('refuses a server that nobody can log in to', () => {
    expect(paths({})).toEqual([[]]);
    expect(paths({ anonymous: false })).toEqual([[]]);
    expect(paths({ anonymous: true })).toEqual([]);
    expect(paths({ users: 'people' })).toEqual([]);
  });

  it('lets a server leave all logins to its hosts, and refuses a host that nobody can log in to', () => {
    const site = { root: './shop' };
    expect(paths({ hosts: { 'a.example': { ...site, users: 'people' } } })).toEqual([]);
    expect(paths({ hosts: { 'a.example': { ...site, users: 'people' }, 'b.example': site } })).toEqual([
      ['hosts', 'b.example'],
    ]);
  });

  it('refuses hosts that no client can name, or that are named twice', () => {
    const site = { root: './shop', anonymous: true };
    const hosts = { 'a.example:21': site, '*.example': site, 'B.example': site, 'b.example': site };
    expect(
      ftpEntryIssues({ listen: 21, root: '.', hosts }).map(({ path, suggestion }) => [path?.at(-1), suggestion]),
    ).toEqual([
      ['a.example:21', 'a.example'],
      ['*.example', undefined],
      ['b.example', undefined],
    ]);
  });

  it('refuses a certificate that no TLS would use', () => {
    expect(paths({ anonymous: true, tls: 'none', certificate: 'a.pem' })).toEqual([['certificate']]);
    expect(paths({ anonymous: true, tls: 'optional', certificate: 'a.pem' })).toEqual([]);
  });

  it('refuses to ask for certificates of clients without a certificate beside it', () => {
    expect(paths({ anonymous: true, clientCertificates: { ca: 'ca.pem' } })).toEqual([['clientCertificates']]);
  });
});
