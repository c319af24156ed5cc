import { hasNear, isBehind, isOneValueBefore, isWord, lastBefore, matches } from './scan.ts';
import { type NormalText, type Signal, signals } from './signal.ts';

/** Commands that mean something else too: as the last of a list they are no attack. */
const usual = [
  'id',
  'ls',
  'ps',
  'env',
  'set',
  'pwd',
  'dir',
  'type',
  'host',
  'net',
  'who',
  'df',
  'ver',
  'sort',
  'date',
  'find',
  'echo',
  'sh',
  'cat',
  'python',
  'perl',
  'php',
  'ruby',
  'touch',
  'more',
  'ping',
  'sleep',
  'curl',
  'wget',
  'bash',
  'nc',
  'dig',
  'node',
];
const telling = [
  'whoami',
  'uname',
  'ifconfig',
  'ipconfig',
  'netstat',
  'systeminfo',
  'hostname',
  'printenv',
  'tasklist',
  'nslookup',
  'ncat',
  'netcat',
  'telnet',
  'powershell',
  'cmd',
  'cmd.exe',
  'chmod',
  'rm',
  'tftp',
  'busybox',
  'lynx',
  'zsh',
  'ksh',
  'xxd',
  'base64',
  'reboot',
  'shutdown',
  'certutil',
  'mshta',
  'vol',
];
const usualNames = new Set(usual);

/** Commands of a shell: behind what separates commands, in a value that is no sentence. */
export const commandSignals: readonly Signal[] = [
  ...signals('command', [...usual, ...telling], command),
  ...signals('command', ['/bin/', '/usr/bin/', '/sbin/'], binary),
  ...signals('command', ['/dev/tcp/', '$ifs$', '$ifs/', '{ifs}', '$@|', '/bin/sh -i', '/bin/bash -i', 'bash -i >'], 5),
  ...signals('command', ['() {', '(){', '() { :', '() { _'], ({ text }, start, end) =>
    /^\(\) ?\{ ?(?::|_|a)/.test(text.slice(start, end + 4)) && text.indexOf(';', end) > 0 ? 5 : 0,
  ),
  ...signals('command', ['cmd.exe', 'cmd /c', 'cmd+/c', 'cmd.exe?/c'], ({ text }, _start, end) =>
    /\/c\b|\/k\b/.test(text.slice(end - 3, end + 12)) ? 5 : 2,
  ),
  ...signals('command', ['powershell'], ({ text }, _start, end) =>
    hasNear(text, end, 60, [
      ' -e ',
      ' -enc',
      ' -nop',
      'iex',
      '-executionpolicy bypass',
      'downloadstring',
      ' -w hidden',
      'invoke-',
    ])
      ? 5
      : 0,
  ),
  ...signals('command', ['certutil'], ({ text }, _start, end) =>
    hasNear(text, end, 60, ['-urlcache', '-decode']) ? 5 : 0,
  ),
  ...signals(
    'command',
    [
      'mkfifo /tmp',
      'nc -e',
      'nc -lvp',
      'ncat -e',
      'bash -c',
      'sh -c',
      'python -c',
      'python3 -c',
      'perl -e',
      'php -r',
      'ruby -e',
    ],
    ({ text }, start) =>
      /[;|&`(\n] ?$/.test(text.slice(Math.max(0, start - 2), start)) ||
      (start === 0 && matches(text, /socket|exec|\/dev\/|system|wget|curl/))
        ? 5
        : matches(text, /socket|\/dev\/tcp|subprocess/)
          ? 4
          : 1,
  ),
];

/** A command behind `;`, `|`, `&`, a line break, a backtick or `$(`, with what usually follows it. */
function command({ text }: NormalText, start: number, end: number): number {
  if (isWord(text.charCodeAt(end)) || text[end] === '=' || text[end] === '-' || text[end] === ':') return 0;
  if (text[end] === '.' && !text.startsWith('.exe', end)) return 0;
  const hides = text[start - 1] === '\\' || text[start - 1] === "'" || text[start - 1] === '"' ? 1 : 0;
  const separator =
    start - hides - 1 >= 0 && text[start - hides - 1] === '\n' ? start - hides - 1 : lastBefore(text, start - hides);
  if (separator < 0) return 0;
  const mark = text[separator]!;
  const isCall = mark === '`' || (mark === '(' && (text[separator - 1] === '$' || text[separator - 1] === '<'));
  if (!isCall && !';|&\n'.includes(mark)) return 0;
  if (mark === '\n' && !isOneValueBefore(text, separator)) return 0;
  const name = text.slice(start, end);
  const first = firstMark(text, separator);
  const before = text.slice(0, first).trim();
  const isValue = before === '' || isOneValueBefore(text, first) || isBehind(before, before.length, '\'"');
  const isBound =
    before === '' ||
    isBehind(before, before.length, '0123456789\'")]}') ||
    (before.length < 100 && /^[\w-]+(?:\.[\w-]+)+$/.test(before));
  const rest = text.slice(end, end + 80);
  const hasArguments = /^(?: |\$ifs|\{|<|\t|%09)\s*(?:[/.~$"'\\{-]|\d|[\w-]+[./:@]|\w+ *[;|&`)>]|%)/.test(rest);
  if (!isValue) return isCall && hasArguments ? 3 : 2;
  if (name === 'sleep' && /^ \d/.test(rest)) return 5;
  if (hasArguments) return usualNames.has(name) && !isBound && !/[/~$'"\\.-]/.test(rest) ? 3 : 5;
  const isAlone = /^ ?(?:$|[;|&`)#>\n])/.test(rest);
  if (!isAlone) return 0;
  if (!usualNames.has(name)) return 5;
  if (isCall) return before === '' && mark === '`' && name !== 'id' ? 3 : 5;
  return isBound || /^ ?(?:[;|&] ?$|[#>])/.test(rest) ? 5 : text[separator - 1] === mark ? 4 : 0;
}

/** Steps over `||`, `&&` and spaces in front of a separator. */
function firstMark(text: string, separator: number): number {
  let at = separator;
  while (at > 0 && ';|&`$(\n <'.includes(text[at - 1]!)) at -= 1;
  return at;
}

function binary({ text }: NormalText, start: number, end: number): number {
  const name = /^(?:sh|bash|dash|cat|ls|id|nc|ping|uname|wget|curl|whoami|python\d?|perl|rm|chmod|\?)/.exec(
    text.slice(end, end + 10),
  );
  if (
    name === null ||
    text.slice(Math.max(0, start - 2), start) === '#!' ||
    text.slice(Math.max(0, start - 3), start) === '#! '
  )
    return 0;
  const before = lastBefore(text, start);
  if (before >= 0 && ';|&`('.includes(text[before]!)) return isOneValueBefore(text, before) ? 5 : 3;
  return before < 0 && / /.test(text.slice(end, end + 12)) ? 4 : 1;
}
