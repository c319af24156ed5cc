import { countBefore, hasNear, isWord, lastBefore, matches, skipSpaces } from './scan.ts';
import { type NormalText, type Signal, signals } from './signal.ts';

/** What scripts of attacks do first. */
const calls = [
  ...[
    'alert',
    'prompt',
    'confirm',
    'eval',
    'document',
    'fetch(',
    'location',
    'import(',
    'atob',
    'window',
    'self[',
    'top[',
  ],
  ...[
    'constructor',
    'print(',
    'javascript:',
    'fromcharcode',
    'settimeout',
    'xmlhttprequest',
    'this[',
    'parent',
    'throw',
    'new image',
  ],
];
const events = [
  ...['onerror', 'onload', 'onclick', 'onmouseover', 'onmouseenter', 'onmousemove', 'onmousedown', 'onfocus', 'onblur'],
  ...[
    'ontoggle',
    'onstart',
    'onbegin',
    'onend',
    'onpointerover',
    'onpointerenter',
    'onpointerdown',
    'onanimationstart',
  ],
  ...['onanimationend', 'ontransitionend', 'onkeydown', 'onkeyup', 'onkeypress', 'onchange', 'oninput', 'onsubmit'],
  ...[
    'onscroll',
    'onwheel',
    'oncopy',
    'onpaste',
    'oncut',
    'ondrag',
    'ondrop',
    'onresize',
    'onhashchange',
    'onpageshow',
  ],
  ...[
    'onpropertychange',
    'onreadystatechange',
    'oncontextmenu',
    'onunload',
    'onbeforeunload',
    'onloadstart',
    'oncanplay',
  ],
  ...['onfinish', 'onbounce', 'onauxclick', 'onbeforetoggle', 'onfocusin', 'ondblclick', 'onmessage', 'onpopstate'],
];

/** Scripts in pages: tags and attributes that run something. HTML alone is no attack, since people search and write it. */
export const xssSignals: readonly Signal[] = [
  ...signals('xss', ['<script'], script),
  ...signals('xss', events, event),
  ...signals('xss', ['javascript:', 'vbscript:', 'livescript:'], ({ text }, _start, end) => {
    const rest = text.slice(end, end + 80).replace(/^(?:\/\/|[\s'"`*/%(-])*/, '');
    return calls.some((call) => rest.startsWith(call)) ||
      (/^\S*\(/.test(rest) && !rest.startsWith('void') && hasNear(rest, 0, 60, calls)) ||
      rest.startsWith('msgbox')
      ? 5
      : 0;
  }),
  ...signals('xss', ['data:text/html'], ({ text }, _start, end) => (/^[;,]/.test(text.slice(end, end + 1)) ? 5 : 2)),
  ...signals(
    'xss',
    ['<iframe', '<object', '<embed', '<applet', '<frameset', '<base', '<portal'],
    ({ text }, _start, end) =>
      isWord(text.charCodeAt(end))
        ? 0
        : hasNear(text, end, 80, [
              'javascript:',
              'data:',
              'srcdoc',
              'src=//',
              'href=//',
              'src="//',
              "src='//",
              'src=http',
              'data=http',
            ])
          ? 5
          : 3,
  ),
  ...signals('xss', ['<meta'], ({ text }, _start, end) =>
    hasNear(text, end, 80, ['refresh']) && hasNear(text, end, 160, ['url=']) ? 5 : 1,
  ),
  ...signals('xss', ['<link'], ({ text }, _start, end) =>
    hasNear(text, end, 100, ['href=//', 'href="//', 'import', 'javascript:']) ? 5 : 1,
  ),
  ...signals('xss', ['<style'], ({ text }, _start, end) =>
    hasNear(text, end, 120, ['@import', 'expression(', 'javascript:', 'onload']) ? 5 : 1,
  ),
  ...signals(
    'xss',
    ['<svg', '<math', '<details', '<marquee', '<isindex', '<xss', '<bgsound'],
    ({ text }, _start, end) => (/^[ />\n]/.test(text.slice(end, end + 1)) ? 2 : 0),
  ),
  ...signals('xss', ['<img', '<input', '<body', '<video', '<audio', '<a '], ({ text }, start) =>
    countBefore(text, '<', start) === 0 && text[start - 1] === '>' ? 3 : 1,
  ),
  ...signals('xss', ['"><', "'><", '"/><', "'/><", '"> <'], ({ text }, start) =>
    countBefore(text, '<', start) === 0 ? 3 : 0,
  ),
  ...signals('xss', ['</script', '</title', '</textarea', '</style', '-->', '</noscript'], ({ text }, start, end) =>
    countBefore(text, '<', start) === 0 && hasNear(text, end, 10, ['<script', '<img', '<svg', '<iframe']) ? 5 : 0,
  ),
  ...signals(
    'xss',
    [
      'alert(',
      'prompt(',
      'confirm(',
      'alert`',
      'eval(',
      'document.cookie',
      'document.location',
      'document.write(',
      'document.domain',
    ],
    breakingOut,
  ),
  ...signals('xss', ['fromcharcode('], ({ text }, _start, end) =>
    /^\d/.test(text.slice(end, end + 1)) ? (hasNear(text, 0, 8192, ['eval', '<', "'", '"']) ? 5 : 3) : 0,
  ),
  ...signals('xss', [':expression(', ': expression('], 4),
  ...signals('xss', ['srcdoc='], ({ text }, start) => (countBefore(text, '<', start) > 0 ? 5 : 1)),
  ...signals('xss', ['autofocus'], ({ text }) => (matches(text, /on[a-z]{4,12} ?=/) ? 3 : 0)),
];

/** `<script>` in a question about HTML counts little; with something to run or to load it is an attack. */
function script({ text }: NormalText, start: number, end: number): number {
  const next = text[end] ?? '';
  if (next !== '' && !' \n>/'.includes(next)) return 0;
  const rest = text.slice(end, end + 200);
  const isSentence = countBefore(text, ' ', start) > 3;
  if (/^[^>]{0,60}\bsrc ?=/.test(rest)) return isSentence ? 3 : 5;
  const content = /^[^>]{0,60}>\s?(\S{0,80})/.exec(rest)?.[1] ?? '';
  if (hasNear(content, 0, 80, calls)) return 5;
  return start > 0 && '"\'>'.includes(text[start - 1]!) ? 4 : 3;
}

function event({ text }: NormalText, start: number, end: number): number {
  if (isWord(text.charCodeAt(start - 1))) return 0;
  const equals = skipSpaces(text, end);
  if (text[equals] !== '=') return 0;
  const runs = hasNear(text, equals, 100, calls);
  const isInTag = text.slice(Math.max(0, start - 300), start).includes('<');
  if (isInTag) return runs ? 5 : 3;
  const before = lastBefore(text, start);
  const isBehindQuote = before >= 0 && '\'"`/'.includes(text[before]!);
  return runs && (isBehindQuote || /["'] /.test(text.slice(Math.max(0, start - 40), start))) ? 5 : 2;
}

/** `';alert(1)//`, `"-alert(1)-"`: a call right behind a quote that closes a value. */
function breakingOut({ text }: NormalText, start: number): number {
  if (isWord(text.charCodeAt(start - 1))) return 0;
  const before = text.slice(Math.max(0, start - 12), start);
  if (/['"`] ?\)?\}?\)? ?[;\-+*/,|&^?:=]{1,3} ?(?:\w{0,8}[(=] ?)?$/.test(before) && countBefore(text, '(', start) < 3)
    return 5;
  if (
    start < 2 &&
    /^[;/-]?$/.test(text.slice(0, start)) &&
    /^alert\(|^prompt\(|^confirm\(/.test(text.slice(start, start + 9))
  )
    return 3;
  return 1;
}
