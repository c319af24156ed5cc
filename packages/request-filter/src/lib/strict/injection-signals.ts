import { hasBefore, hasNear, isBehind, isOneValue, isOneValueBefore, matches } from './scan.ts';
import { type Signal, signals } from './signal.ts';

const credential = /(?:user|pass|pwd|login|email|token|secret|name|admin)\w{0,20}\[?\[\$/;

/** Header fields, queries of other databases, XML entities, addresses of the inside, polluted prototypes. */
export const injectionSignals: readonly Signal[] = [
  ...signals(
    'injection',
    [
      '\nset-cookie:',
      '\ncontent-length:',
      '\nhttp/1.',
      '\nlocation:',
      '\nx-forwarded',
      '\nhost:',
      '\ntransfer-encoding:',
      '\nrefresh:',
      '\nbcc:',
    ],
    ({ text }, start) => (text[start] === '\n' && !hasBefore(text, ' ', start) ? 5 : text[start] === '\n' ? 4 : 0),
  ),
  ...signals('injection', ['\ncontent-type:'], ({ text }, start) =>
    text[start] === '\n' && isOneValueBefore(text, start) ? 5 : 1,
  ),
  ...signals(
    'injection',
    ['[$ne]', '[$gt]', '[$gte]', '[$regex]', '[$nin]', '[$exists]', '[$lt]'],
    ({ text, isName }) => (isName && credential.test(text) ? 5 : 1),
  ),
  ...signals(
    'injection',
    ['[$where]', '$where:', '"$where"', "'$where'", '$where=', '[$func]', '$accumulator', '"$function"'],
    5,
  ),
  ...signals('injection', ['"$ne":', '"$gt":', '"$regex":', '"$nin":', '"$gte":'], ({ text }, _start, end) =>
    /^ ?(?:""|null|undefined|-?1\b|"\.\*|"\^|\[\])/.test(text.slice(end, end + 12))
      ? matches(text, /pass|user|login|token|"\$ne": ?(?:null|"")|"\$gt": ?""/)
        ? 5
        : 2
      : 0,
  ),
  ...signals(
    'injection',
    [
      "';return ",
      "'; return ",
      "';return(",
      "'||this.",
      "' || this.",
      "'&&this.",
      "' && this.",
      '"||this.',
      "'||'1'=='1",
      "';while(",
      "';sleep(",
    ],
    5,
  ),
  ...signals(
    'injection',
    ['*)(', ')(|(', ')(&(', '*))%00', '))(|', ')(uid=', ')(cn=', ')(objectclass=', '(|(uid='],
    ({ text }, _start, end) =>
      /^[|&!]?\(?[\w-]{1,30}=|^[|&]/.test(text.slice(end, end + 40)) ||
      matches(text, /=\*\)*$/) ||
      text[end - 1] === '='
        ? 5
        : 0,
  ),
  ...signals('injection', [')(&)', '<!--#exec', '<!--#include', '<!--#echo', '<esi:', '<!--esi'], 5),
  ...signals('injection', ['<!entity'], ({ text }) => (matches(text, /system|public|file:|http|"/) ? 5 : 3)),
  ...signals('injection', ['<!doctype'], ({ text }, _start, end) =>
    /^ \w+ ?(?:\[|system|public "[^-])/.test(text.slice(end, end + 40)) ? 4 : 0,
  ),
  ...signals('injection', ['<xi:include', 'xmlns:xi='], 5),
  ...signals(
    'injection',
    [
      '169.254.169.254',
      'metadata.google.internal',
      '100.100.100.200',
      '/latest/meta-data',
      '[fd00:ec2::254]',
      '0xa9fea9fe',
      '2852039166',
      '169.254.170.2',
      '0251.0376',
    ],
    ({ text }) => (isOneValue(text) ? 5 : 1),
  ),
  ...signals(
    'injection',
    ['gopher://', 'dict://', 'ldap://', 'tftp://', 'netdoc://', 'jar:http', 'sftp://', 'ldaps://'],
    ({ text }, start) => (start === 0 && isOneValue(text) ? (text.startsWith('sftp') ? 2 : 5) : 1),
  ),
  ...signals(
    'injection',
    [
      '127.0.0.1:22',
      '127.0.0.1:6379',
      '127.0.0.1:3306',
      'localhost:22',
      'localhost:6379',
      'localhost:3306',
      '127.0.0.1:9200',
      '127.0.0.1:2375',
      'localhost:2375',
      '@127.0.0.1',
      '[::]:',
      '0.0.0.0:',
      '127.0.0.1:11211',
      '127.1:',
    ],
    ({ text }, start) => (isOneValue(text) && hasBefore(text, '://', start) ? 5 : 0),
  ),
  ...signals(
    'injection',
    ['__proto__', 'constructor[prototype]', 'constructor.prototype', '"constructor":{"prototype"'],
    ({ text, isName }, start, end) =>
      isName ||
      (isBehind(text, start, '"\'') && /^["'] ?:/.test(text.slice(end, end + 3))) ||
      text.startsWith('"constructor"', start)
        ? 5
        : 1,
  ),
  ...signals(
    'injection',
    ["' or count(", 'count(/child::', 'string-length(name(', "']/*", "'] | //", 'extract(xmltype'],
    5,
  ),
];

const phpCalls = [
  'system',
  'eval',
  'exec',
  'passthru',
  'assert',
  'base64_decode',
  'phpinfo',
  '$_get',
  '$_post',
  '$_request',
  'file_put_contents',
  'fopen',
  'shell',
  '`',
  'die(',
  'unlink',
];

/** PHP that is given to be run or included. */
export const phpSignals: readonly Signal[] = [
  ...signals('php', ['<?php', '<?=', '<? '], ({ text }, _start, end) => (hasNear(text, end, 120, phpCalls) ? 5 : 2)),
  ...signals(
    'php',
    [
      'php://',
      'expect://',
      'phar://',
      'zip://',
      'glob://',
      'compress.zlib://',
      'compress.bzip2://',
      'ogg://',
      'data://text',
      'data:;base64',
      'data:application/x-httpd-php',
    ],
    ({ text }) => (isOneValue(text) ? 5 : 2),
  ),
  ...signals('php', ['auto_prepend_file', 'allow_url_include', 'disable_functions='], ({ text }, _start, end) =>
    /^[ =]/.test(text.slice(end - 1, end + 2)) || text.includes('=') ? 5 : 2,
  ),
  ...signals(
    'php',
    [
      'eval(base64_decode',
      'invokefunction',
      'call_user_func_array',
      'think\\app',
      '\\think\\',
      'eval($_',
      'assert($_',
      'system($_',
      'passthru($_',
      'exec($_',
      'create_function(',
    ],
    ({ text }) => (isOneValue(text) || matches(text, /\$_|base64/) ? 5 : 2),
  ),
  ...signals('php', ['phpinfo()', 'phpinfo();'], ({ text }, start) =>
    (start === 0 && text.length < 14) || isBehind(text, start, ';({\'"') ? 5 : 2,
  ),
  ...signals('php', ['system(', 'passthru(', 'shell_exec(', 'exec(', 'popen('], ({ text }, start, end) =>
    /^['"$]/.test(text.slice(end, end + 1)) && ((start === 0 && text.endsWith(';')) || isBehind(text, start, ';\'"'))
      ? 5
      : /^['"]/.test(text.slice(end, end + 1))
        ? 3
        : 0,
  ),
  ...signals('php', ['o:', 'a:'], ({ text }, start, end) =>
    (start === 0 || /[;{]/.test(text[start - 1]!)) &&
    /^\d{1,3}:(?:"[\w\\]{1,80}":\d{1,3}:\{|\{[is]:\d)/.test(text.slice(end, end + 100))
      ? 5
      : 0,
  ),
  ...signals('php', ['xdebug_session_start', 'xdebug_session'], ({ isName }) => (isName ? 5 : 1)),
];

/** Java objects and loaders. */
export const javaSignals: readonly Signal[] = [
  ...signals(
    'java',
    [
      'class.module.classloader',
      'class.classloader',
      'classloader.resources',
      'class.protectiondomain',
      'com.sun.rowset',
      'java.net.urlclassloader',
      'javax.script.scriptenginemanager',
      'org.apache.commons.collections',
      'ysoserial',
      'springframework.context.support',
    ],
    5,
  ),
  ...signals('java', ['ro0ab', 'aced0005', 'h4siaaaaaaaa'], ({ text }, start) =>
    start === 0 && text.length > 24 && isOneValue(text) && !text.startsWith('h4s') ? 5 : 0,
  ),
  ...signals('java', ['jdbc:'], ({ text }, _start, end) =>
    hasNear(text, end, 200, ['autodeserialize', 'init=', 'runscript', 'allowloadlocalinfile', 'socketfactory']) ? 5 : 0,
  ),
  ...signals('java', ['"@type":', "'@type':"], ({ text }, _start, end) =>
    /^ ?["'](?:java|com\.sun|org\.apache|javax)/.test(text.slice(end, end + 16)) ? 5 : 0,
  ),
];
