import { join } from 'node:path';
import type { Configuration } from '@windhover/config';
import { type FtpDefinition, ftpOf } from '@windhover/features';
import { explainAccess, type FtpSite, ftpHostKey, type RuleUser, resolveFtpPath, userRoot } from '@windhover/ftp';
import { nameAddress } from '@windhover/transport';

/** What somebody asks a server of FTP for. */
export interface AskedFtp {
  /** `RETR`, `STOR`, … */
  readonly verb: string;
  readonly url: URL;
}

/** How a server of FTP would answer a command, and why. */
export interface FtpExplanation {
  readonly verb: string;
  readonly url: string;
  /** What was found, in the order in which the server looks: a name, and what it says. */
  readonly facts: readonly (readonly [name: string, because: string])[];
  readonly answer: string;
}

const reads = ['RETR', 'LIST', 'NLST', 'MLSD', 'MLST', 'SIZE', 'MDTM', 'HASH', 'CWD', 'STAT'];
const writes = ['STOR', 'APPE', 'STOU', 'DELE', 'MKD', 'RMD', 'RNFR', 'RNTO', 'MFMT'];

/** The commands that can be explained: those about a path. */
export const explainedVerbs: readonly string[] = [...reads, ...writes];

/** Says which server and host answer a command, where the user's files are, and which rule decides. Opens and changes nothing. */
export function explainFtp(config: Pick<Configuration, 'features'>, { verb, url }: AskedFtp): FtpExplanation {
  const shown = { verb, url: url.href };
  const isImplicit = url.protocol === 'ftps:';
  const port = Number(url.port || (isImplicit ? 990 : 21));
  const servers = ftpOf(config.features);
  const server = servers.find(({ address }) => 'port' in address && address.port === port) ?? only(servers);
  if (server === undefined) {
    const all = servers.map(({ address }) => nameAddress(address)).join(', ');
    const why = servers.length === 0 ? 'the configuration has no `ftp`' : `FTP listens at ${all}`;
    return { ...shown, facts: [], answer: `nothing listens at port ${port}: ${why}` };
  }
  const { options } = server;
  const facts: [string, string][] = [['server', nameAddress(server.address)]];
  const explained = (answer: string): FtpExplanation => ({ ...shown, facts, answer });
  const [site, host] = siteOf(options, url.hostname);
  facts.push(['host', host]);
  if (site === null) return explained('504 to HOST');
  const user = userOf(url, site);
  if (isImplicit !== (options.implicitTls === true)) {
    const how = options.implicitTls === true ? 'begins at once: ftps://' : 'begins with AUTH TLS: ftp://';
    return explained(`no answer: TLS ${how}`);
  }
  facts.push(['TLS', tlsOf(options, user)]);
  facts.push(['login', user.isAnonymous ? 'anonymous' : `${user.name}, if the password or certificate is right`]);
  if (user.isAnonymous && site.anonymous !== true) return explained('530: `anonymous` is not allowed');
  if (!user.isAnonymous && site.users === undefined) return explained('530: there are no `users`');
  const path = resolveFtpPath('/', decodeURIComponent(url.pathname));
  if (path === null) return explained('553: this name is not allowed');
  const place = placeOf(site, user, path);
  if (place === null) return explained('530: the name of the user cannot be that of a folder');
  facts.push(['files', place]);
  const { isAllowed, because } = explainAccess(
    site.rules ?? null,
    user,
    writes.includes(verb) ? 'write' : 'read',
    path,
  );
  facts.push(['rule', because]);
  if (!isAllowed) return explained('550 Access denied');
  const quota = typeof site.quotaBytes === 'function' ? site.quotaBytes(user) : null;
  if (writes.includes(verb) && typeof quota === 'number') facts.push(['quota', `${quota} bytes`]);
  return explained(`does it, if ${['STOR', 'STOU', 'MKD'].includes(verb) ? 'its folder' : path} is there`);
}

/** With one server at any free port, the port of the URL says nothing. */
function only(servers: readonly FtpDefinition[]): FtpDefinition | undefined {
  const [first] = servers;
  return servers.length === 1 && 'port' in first!.address && first!.address.port === 0 ? first : undefined;
}

function siteOf(options: FtpDefinition['options'], name: string): readonly [FtpSite | null, string] {
  const hosts = Object.entries(options.hosts ?? {});
  const host = hosts.find(([each]) => ftpHostKey(each) === ftpHostKey(name))?.[1];
  if (host !== undefined) return [host, `${name}, if the client sends HOST; otherwise the server itself`];
  return [options, hosts.length === 0 ? 'every name' : `the server itself: no host is ${name}, so HOST gets 504`];
}

function userOf({ username }: URL, site: FtpSite): RuleUser & { readonly isAnonymous: boolean } {
  const name = decodeURIComponent(username);
  const isAnonymous = name === '' || (site.anonymous === true && ['anonymous', 'ftp'].includes(name.toLowerCase()));
  return isAnonymous ? { name: 'anonymous', isAnonymous } : { name, isAnonymous };
}

function tlsOf({ security = 'required', implicitTls }: FtpDefinition['options'], user: RuleUser): string {
  if (implicitTls === true) return 'from the beginning';
  if (security === 'required') return 'required: everything but AUTH TLS gets 530 before it';
  if (security === 'credentials') return user.isAnonymous ? 'as the client wants' : 'required for the login';
  return security === 'none' ? 'there is none: passwords can be read on the way' : 'as the client wants';
}

/** Where the path is on the disk. */
function placeOf({ root, isolation = 'none', folders = {} }: FtpSite, user: RuleUser, path: string): string | null {
  const own = userRoot(isolation, user);
  if (own === null) return null;
  const inner = Object.keys(folders).sort((one, other) => other.length - one.length); // as the server looks for them
  const mount = own.hasVirtualFolders ? inner.find((each) => path === each || path.startsWith(`${each}/`)) : undefined;
  if (mount !== undefined)
    return `${join(String(folders[mount]), path.slice(mount.length))}, as \`folders\` has ${mount}`;
  return `${join(String(root), own.root, path)}, as isolation is ${isolation}`;
}
