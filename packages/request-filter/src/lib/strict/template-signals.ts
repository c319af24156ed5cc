import { hasNear, matches } from './scan.ts';
import { type NormalText, type Signal, signals } from './signal.ts';

/** Templates that compute something, and the ways from there to the system. `{{name}}` is ordinary. */
export const templateSignals: readonly Signal[] = [
  ...signals(
    'template',
    ['{{', '${', '#{', '%{', '*{', '<%=', '<%', '{%', '@(', '${{', '[[${', '~{', '{='],
    expression,
  ),
  ...signals(
    'template',
    ['${jndi:', '${${', '${lower:', '${upper:', '${::-', '${env:', '${sys:', '${java:', '${ctx:', '${date:', '${main:'],
    5,
  ),
  ...signals('template', ['jndi:ldap:', 'jndi:rmi:', 'jndi:dns:', 'jndi:${', 'j}ndi', 'jnd}i'], 5),
  ...signals(
    'template',
    ['__class__', '__mro__', '__subclasses__', '__globals__', '__builtins__', '__import__', '__base__'],
    ({ text }, start) =>
      /(?:['"\])}]|\w)\.$|\|attr\(['"]$|\[['"]$/.test(text.slice(Math.max(0, start - 8), start)) &&
      matches(text, /\{[{%]|\(\)|\[\]|['"]\./)
        ? 5
        : text[start - 1] === '('
          ? 3
          : 2,
  ),
  ...signals(
    'template',
    [
      'freemarker.template.utility',
      '<#assign',
      '#set($',
      '#set ($',
      '{php}',
      '{system(',
      '{if phpinfo',
      '{if system',
      'constructor.constructor',
      '{$smarty.version}',
      '{$smarty.template',
    ],
    5,
  ),
  ...signals(
    'template',
    [
      '$class.inspect',
      'class.forname(',
      '.getruntime(',
      't(java.lang',
      '@java.lang',
      'new java.lang.processbuilder',
      'java.lang.processbuilder',
    ],
    ({ text }) => (matches(text, /[{}$#%@]/) ? 5 : 3),
  ),
  ...signals(
    'template',
    [
      '#_memberaccess',
      '${#',
      '#context[',
      '@ognl.',
      'ognlcontext',
      '(#context',
      '%{(#',
      '%{#',
      '#parameters',
      '#attr[',
      '(#_',
      '@org.apache',
    ],
    5,
  ),
  ...signals(
    'template',
    [
      'lipsum.',
      'cycler.__',
      'joiner.__',
      'url_for.__',
      'get_flashed_messages.__',
      'self._templatereference',
      '_self.env',
      '|map("system")',
      "|map('system')",
      "|filter('system')",
      '|filter("system")',
    ],
    5,
  ),
];

const reaching =
  /^(?:config(?:\.|\}| ?\}|\[)|self(?:\.|\})|request\.(?:application|__|environ)|''|""|\[\]|\(\)|cycler|lipsum|joiner|namespace|_self|app\.request|dump\(|constructor|\$on|url_for|get_flashed|settings\.|this\.constructor|range\.|['"][^'"]{0,20}['"] ?(?:\||\.(?:__|to|get)))/;
const system = [
  'java.lang',
  't(java',
  '.getclass',
  '__class__',
  'system(',
  'popen(',
  'exec(',
  '`id`',
  '`ls',
  '%x(',
  'import os',
  'file.open',
  'runtime',
  'processbuilder',
  '.forname',
  'file_get_contents',
  'phpinfo',
  'child_process',
  'include(',
  'open(',
  'mainmodule',
  'debug',
];

function expression({ text }: NormalText, _start: number, end: number): number {
  const rest = text.slice(end, end + 200).trimStart();
  if (/^\(?['"]?\d{1,8}['"]? ?[*+\-/] ?['"]?\d{1,8}/.test(rest)) return 5;
  const opened = text.slice(end - 2, end);
  if (opened === '{{' && reaching.test(rest)) return 5;
  const inside = rest.slice(0, 160);
  return hasNear(inside, 0, 160, system) && (opened !== '@(' || inside.includes('system')) ? 5 : 0;
}
