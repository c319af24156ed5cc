import type { OptionIssue } from '@windhover/config';
import { ftpHostKey, meantFtpHost } from '@windhover/ftp';
import type { FtpEntry, FtpHostEntry } from './ftp-schema.ts';

const withoutUsers = 'expected `users`, `certificateUsers` or `anonymous: true`, found none: nobody could log in';
const unasked = 'expected `clientCertificates` beside `certificate`: nobody is asked for one';
const withoutTls = 'expected no certificate beside `tls: none`: it would not be used';

/** What contradicts itself in one server of `ftp`, though each value is valid. A server with `hosts` may leave all logins to them. */
export function ftpEntryIssues(entry: FtpEntry): readonly OptionIssue[] {
  const hosts = Object.entries(entry.hosts ?? {});
  const issues: OptionIssue[] = [];
  if (hosts.length === 0 && !letsSomebodyIn(entry)) issues.push({ path: [], message: withoutUsers });
  for (const [name, host] of hosts)
    if (!letsSomebodyIn(host)) issues.push({ path: ['hosts', name], message: withoutUsers });
  issues.push(...hostNameIssues(hosts.map(([name]) => name)));
  if (entry.tls === 'none' && entry.certificate !== undefined)
    issues.push({ path: ['certificate'], message: withoutTls });
  if (entry.clientCertificates !== undefined && entry.certificate === undefined)
    issues.push({ path: ['clientCertificates'], message: 'expected `certificate` beside it' });
  if (entry.certificate !== undefined && entry.clientCertificates === undefined)
    for (const path of certificateLogins(entry)) issues.push({ path, message: unasked });
  return issues;
}

/** Hosts that no client can name, or that are named twice. */
function hostNameIssues(names: readonly string[]): readonly OptionIssue[] {
  const keys = new Set<string>();
  return names.flatMap((name): OptionIssue[] => {
    const key = ftpHostKey(name);
    const path = ['hosts', name];
    const found = `found ${JSON.stringify(name)}`;
    if (key === null) {
      const suggestion = meantFtpHost(name);
      const message = `expected the name of a host, such as \`pub.example.com\`, ${found}`;
      return [{ path, message, ...(suggestion === undefined ? {} : { suggestion }) }];
    }
    if (keys.has(key)) return [{ path, message: `expected every host once, ${found}, named before` }];
    keys.add(key);
    return [];
  });
}

/** Where users log in with certificates. */
function certificateLogins(entry: FtpEntry): readonly (readonly string[])[] {
  const places = Object.entries(entry.hosts ?? {}).map(([name, host]) => ({ host, path: ['hosts', name] }));
  return [{ host: entry, path: [] }, ...places]
    .filter(({ host }) => host.certificateUsers !== undefined)
    .map(({ path }) => [...path, 'certificateUsers']);
}

function letsSomebodyIn({ users, certificateUsers, anonymous }: FtpHostEntry): boolean {
  return users !== undefined || certificateUsers !== undefined || anonymous === true;
}
