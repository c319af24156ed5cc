import { isBehind, isOneValue, isWord, matches } from './scan.ts';
import { type NormalText, type Signal, signals } from './signal.ts';

/** Files that no application asks for by a parameter. */
const systemFiles = [
  ...[
    'etc/passwd',
    'etc/shadow',
    'etc/hosts',
    'etc/group',
    'etc/issue',
    'etc/crontab',
    'etc/ssh',
    'etc/apache',
    'etc/nginx',
    'etc/mysql',
    'etc/php',
    'etc/httpd',
    'etc/sudoers',
    'etc/motd',
    'etc/fstab',
    'etc/os-release',
    'etc/resolv.conf',
  ],
  ...[
    'proc/self',
    'proc/version',
    'proc/1/',
    'proc/cpuinfo',
    'proc/mounts',
    'proc/net',
    'win.ini',
    'boot.ini',
    'system.ini',
    'windows/system32',
    'windows\\system32',
    'winnt/',
    'winnt\\',
  ],
  ...[
    'var/log/',
    'root/.ssh',
    '/.ssh/',
    'id_rsa',
    '.bash_history',
    'var/run/secrets',
    'usr/local/apache',
    'inetpub\\',
    'inetpub/wwwroot',
    'windows\\win',
    'windows/win',
  ],
];
const ownFiles = [
  'web-inf/',
  'meta-inf/',
  '.htpasswd',
  '.htaccess',
  'wp-config.php',
  '.env',
  '.git/',
  'web.config',
  'config.php',
  'php.ini',
  'my.cnf',
  'access.log',
  'error.log',
  'settings.py',
  'database.yml',
  'index.php',
  'global.asax',
  'configuration.php',
  '.aws/',
  'application.properties',
  'application.yml',
];

let climbed: { readonly normal: NormalText | null; readonly weight: number } = { normal: null, weight: 0 };

/** Paths that leave their folder, and files that they lead to. */
export const fileSignals: readonly Signal[] = [
  ...signals('traversal', ['../', '..\\', '..;/'], (normal) => {
    // The weight is that of the whole text, so the first occurrence tells it.
    if (normal !== climbed.normal) climbed = { normal, weight: climbing(normal) };
    return climbed.weight;
  }),
  ...signals(
    'traversal',
    ['....//', '....\\\\', '..././', '...\\.\\', '..//..', '/%2e', '..%2f', '..%5c', '.%2e'],
    ({ text }) => (isOneValue(text) ? 5 : 3),
  ),
  ...signals('traversal', systemFiles, systemFile),
  ...signals('traversal', ownFiles, ({ text }) => (matches(text, /\.\.[/\\]/) && isOneValue(text) ? 5 : 0)),
  ...signals(
    'traversal',
    [
      'file:/',
      'file:\\\\',
      'c:\\windows',
      'c:/windows',
      'c:\\inetpub',
      'c:\\boot.ini',
      'c:/boot.ini',
      '\\\\.\\',
      'c:%5cwindows',
    ],
    ({ text, isName }) => (isOneValue(text) && !isName ? 5 : 2),
  ),
  ...signals('traversal', ['::$data'], ({ text }) => (isOneValue(text) ? 5 : 1)),
];

/** Four steps up, or fewer that were hidden. */
function climbing({ text, rounds, isDisguised }: NormalText): number {
  const steps = text.split(/\.\.(?:[/\\]|;\/)/, 6).length - 1;
  const isValue = isOneValue(text);
  if (isDisguised || rounds > 1 || text.includes('..;/')) return isValue ? 5 : 3;
  if (steps >= 4 || (steps >= 2 && text.includes('..\\'))) return isValue ? 5 : 3;
  return steps >= 2 && isValue ? 2 : 0;
}

function systemFile({ text }: NormalText, start: number): number {
  const before = text.slice(0, start);
  if (isWord(text.charCodeAt(start - 1)) && !isBehind(text, start, '/\\:')) return 0;
  if (!isOneValue(text)) return /[;|&`(<] ?\S{2,8} \/?$/.test(text.slice(Math.max(0, start - 14), start)) ? 3 : 1;
  return before === '' || isBehind(text, start, '/\\.:=')
    ? before === '' && !matches(text, /^(?:etc|proc|windows|winnt)/)
      ? 3
      : 5
    : 1;
}
