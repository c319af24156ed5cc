import { statSync } from 'node:fs';
import { isIP } from 'node:net';
import {
  anyFunction,
  anyObject,
  anyText,
  checkOptions,
  listOf,
  milliseconds,
  oneOf,
  orNull,
  type Rule,
  type Rules,
  rule,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import type { FtpRule } from './access/access-rule.ts';
import type { FtpLimits, FtpServerOptions } from './create-ftp-server.ts';
import { optionError } from './errors.ts';
import { resolveFtpPath } from './files/ftp-path.ts';
import { ftpHostKey, meantFtpHost } from './protocol/host-key.ts';
import type { FtpSite } from './resolve-site.ts';

const isFiles = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '') ||
  ['stat', 'list', 'read'].every((name) => typeof Object(value ?? {})[name] === 'function');
const files = rule('a folder, or a file system', isFiles);
const range = rule(
  'two ports, the first and the last',
  (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((port) => Number.isInteger(port) && port > 0 && port < 65_536) &&
    value[0] <= value[1],
);

/** A rule that finds faults inside of the value. */
function inside<T extends object>(rules: Rules<T>): Rule {
  const { expected } = anyObject;
  return {
    expected,
    fault(value, path) {
      const fault = anyObject.fault(value, path);
      if (fault !== null || value === null) return fault;
      try {
        checkOptions(value as T, rules, (message) => new Error(message));
        return null;
      } catch (error) {
        const { message } = error as Error;
        return `${path}${message.startsWith('expected') ? ': ' : '.'}${message}`;
      }
    },
  };
}

const names = listOf('names', anyText);
/** A misspelt key of a rule that denies would leave a rule that allows, or one for everybody. */
const accessRules: Rules<FtpRule> = {
  access: oneOf('allow', 'deny'),
  users: names,
  roles: names,
  to: listOf("'read' or 'write'", oneOf('read', 'write')),
  path: rule('a path such as /public', (value) => typeof value === 'string' && resolveFtpPath('/', value) === value),
};

const siteRules: Rules<FtpSite> = {
  root: files,
  isolation: oneOf('none', 'start-in-user-folder', 'isolate-root', 'isolate-all'),
  filesOf: anyFunction,
  folders: anyObject,
  users: withFunctions(['verify']),
  anonymous: trueOrFalse,
  rules: listOf('rules', inside(accessRules)),
  quotaBytes: rule(
    'a number of bytes, a function, or null',
    (value) => value === null || typeof value === 'function' || (Number.isSafeInteger(value) && Number(value) > 0),
  ),
  greeting: anyText,
  uploads: oneOf('in-place', 'whole'),
  keepPartialUploads: trueOrFalse,
  replaceOnRename: trueOrFalse,
};

const limitRules: Rules<FtpLimits> = {
  maxSessions: wholeNumber(1),
  maxSessionsPerAddress: wholeNumber(1),
  maxSessionsPerUser: wholeNumber(1),
  maxLineBytes: wholeNumber(64, 65_536),
  maxFileBytes: orNull(wholeNumber(1)),
  maxBytesPerSecond: orNull(wholeNumber(1)),
  minBytesPerSecond: orNull(wholeNumber(1)),
  idleTimeoutMs: milliseconds('above 0'),
  dataTimeoutMs: milliseconds('above 0'),
  loginTimeoutMs: milliseconds('above 0'),
};

const failureRules = { failures: wholeNumber(1), periodMs: milliseconds('above 0') };

const serverRules: Rules<FtpServerOptions> = {
  ...siteRules,
  hosts: anyObject,
  tls: rule(
    'what createTls() returns, or a function that returns it',
    (value) => typeof value === 'function' || typeof Object(value ?? {}).middleware === 'function',
  ),
  security: oneOf('required', 'credentials', 'optional', 'none'),
  implicitTls: trueOrFalse,
  requireSessionReuse: trueOrFalse,
  checkDataAddress: trueOrFalse,
  passivePorts: range,
  publicAddress: rule('an IPv4 address', (value) => typeof value === 'string' && isIP(value) === 4),
  active: trueOrFalse,
  listingStyle: oneOf('unix', 'msdos'),
  denyByFailure: {
    ...anyObject,
    fault: (value, path) => (value === null ? null : inside(failureRules).fault(value, path)),
  },
  limits: inside(limitRules),
  middleware: listOf('functions', anyFunction),
  connections: listOf('functions', anyFunction),
  onChannel: anyFunction,
  sharing: rule('a name and counts', (value) => typeof Object(Object(value ?? {}).counts).add === 'function'),
  log: withFunctions(['debug', 'info', 'warn', 'error']),
  clock: withFunctions(['now', 'schedule']),
};

/** Throws `FTP_OPTION_INVALID`. */
export function checkServerOptions(options: FtpServerOptions): void {
  checkOptions(options, serverRules, optionError);
  const { tls, security = 'required', implicitTls = false, hosts = {} } = options;
  if (tls === undefined && security !== 'none')
    throw optionError(
      "tls: expected certificates, found none; `security: 'none'` lets everybody on the way read passwords and files",
    );
  if (tls !== undefined && security === 'none')
    throw optionError("security: expected 'required', 'credentials' or 'optional' beside `tls`");
  if (implicitTls && tls === undefined) throw optionError('implicitTls: expected `tls` beside it');
  checkSite(options, '');
  const keys = new Set<string>();
  for (const [name, site] of Object.entries(hosts)) {
    checkHostName(name, keys);
    checkOptions(site, siteRules, (message) => optionError(`hosts.${name}: ${message}`));
    checkSite(site, `hosts.${name}: `);
  }
}

function checkSite({ root, filesOf, folders = {} }: FtpSite, where: string): void {
  if ((root === undefined) === (filesOf === undefined))
    throw optionError(`${where}root: expected either \`root\` or \`filesOf\``);
  checkFolder(root, `${where}root`);
  for (const [path, each] of Object.entries(folders)) {
    if (path === '/' || !path.startsWith('/') || resolveFtpPath('/', path) !== path)
      throw optionError(`${where}folders: expected paths such as /shared, found ${JSON.stringify(path)}`);
    const fault = files.fault(each, `${where}folders[${JSON.stringify(path)}]`);
    if (fault !== null) throw optionError(fault);
    checkFolder(each, `${where}folders[${JSON.stringify(path)}]`);
  }
}

/** Otherwise every login would be refused, and nobody told why. */
function checkFolder(written: FtpSite['root'], where: string): void {
  if (typeof written !== 'string') return;
  const stats = statSync(written, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return;
  const found = `found ${JSON.stringify(written)}, ${stats === undefined ? 'which is not there' : 'which is a file'}`;
  throw optionError(`${where}: expected a folder, ${found}`);
}

/** A host that no client can name would be a site that nobody reaches. */
function checkHostName(name: string, keys: Set<string>): void {
  const key = ftpHostKey(name);
  const meant = meantFtpHost(name);
  const hint = meant === undefined ? '' : `: did you mean ${JSON.stringify(meant)}?`;
  if (key === null) throw optionError(`hosts: expected names of hosts, found ${JSON.stringify(name)}${hint}`);
  if (keys.has(key)) throw optionError(`hosts: expected every host once, found ${JSON.stringify(name)} twice`);
  keys.add(key);
}
