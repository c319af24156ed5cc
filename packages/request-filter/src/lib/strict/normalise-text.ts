import { escapeAt } from '../decode-escapes.ts';
import type { NormalText } from './signal.ts';

/** How often a text is decoded at most. */
const maxRounds = 3;
/** Longer texts are cut. No server takes heads this long by default. */
const maxLength = 65_536;

/**
 * Makes a text what the program behind may read: decoded as long as it changes, in lower case, without comments of SQL, NUL and runs of
 * spaces. Each step is one pass.
 *
 * @param isForm whether `+` is a space
 */
export function normaliseText(raw: string, isForm: boolean, isName = false): NormalText {
  let text = raw.length > maxLength ? raw.slice(0, maxLength) : raw;
  if (isForm && text.includes('+')) text = text.replaceAll('+', ' ');
  let rounds = 0;
  let isDisguised = false;
  while (rounds < maxRounds && text.includes('%')) {
    const decoded = decodeLoosely(text);
    if (decoded.text === text) break;
    text = decoded.text;
    isDisguised ||= decoded.isDisguised;
    rounds += 1;
  }
  if (text.includes('&')) text = decodeEntities(text);
  if (/[\uff00-\uffef\u2018-\u201f]/.test(text)) text = text.normalize('NFKC');
  text = text.toLowerCase();
  if (text.includes('/*')) text = withoutComments(text);
  if (/[\0-\x1f\x7f\xa0\ufffd]| {2}/.test(text)) text = withoutControls(text);
  return { text, rounds, isDisguised, isName };
}

/** Decodes escapes, overlong forms and `%u0041` too. */
function decodeLoosely(text: string): { readonly text: string; readonly isDisguised: boolean } {
  let octets = '';
  let start = 0;
  let isDisguised = false;
  for (let index = text.indexOf('%'); index >= 0; index = text.indexOf('%', index)) {
    const unicode = /^%u([0-9a-f]{4})/i.exec(text.slice(index, index + 6));
    const octet = escapeAt(text, index);
    if (octet < 0 && unicode === null) {
      index += 1;
      continue;
    }
    octets += text.slice(start, index);
    if (unicode !== null) {
      octets += bestFit(Number.parseInt(unicode[1]!, 16));
      isDisguised = true;
      index += 6;
    } else if (octet === 0xc0 || octet === 0xc1) {
      const next = escapeAt(text, index + 3);
      octets += next < 0 ? '' : String.fromCharCode(((octet & 0x1f) << 6) | (next & 0x3f)); // RFC 3629 §3 forbids this form
      isDisguised = true;
      index += next < 0 ? 3 : 6;
    } else {
      octets += String.fromCharCode(octet);
      index += 3;
    }
    start = index;
  }
  octets += text.slice(start);
  const isLatin = /[\x80-\xff]/.test(octets) && !/[^\0-\xff]/.test(octets);
  return { text: isLatin ? Buffer.from(octets, 'latin1').toString('utf8') : octets, isDisguised };
}

/** The ASCII character that old servers take for another one. */
function bestFit(code: number): string {
  if (code === 0x2215 || code === 0x2044) return '/';
  return code === 0x2216 ? '\\' : String.fromCharCode(code & 0xff);
}

const entities: Readonly<Record<string, string>> = {
  ...{ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&', colon: ':', lpar: '(', rpar: ')', newline: '\n', tab: '\t' },
};

/** `&#106;`, `&#x6a;` and `&lt;`, as browsers read them in attributes. */
function decodeEntities(text: string): string {
  return text.replace(/&(?:#(?:x([0-9a-f]{1,6})|0{0,6}([0-9]{1,6}))|([a-z]{2,7}));?/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code < 0x80 ? String.fromCharCode(code) : whole;
  });
}

/** Comments of SQL become spaces; the content of `/*!50000 … *​/` stays, since MySQL runs it. */
function withoutComments(text: string): string {
  let result = '';
  let start = 0;
  for (let open = text.indexOf('/*'); open >= 0; open = text.indexOf('/*', start)) {
    const close = text.indexOf('*/', open + 2);
    if (close < 0) break;
    const content = text.slice(open + 2, close);
    const run = /^!\d{0,6}/.exec(content);
    result += `${text.slice(start, open)} ${run === null ? '' : `${content.slice(run[0].length)} `}`;
    start = close + 2;
  }
  return result + text.slice(start);
}

/** A run of spaces and controls becomes one space, or one line break if it has one. */
function withoutControls(text: string): string {
  return text
    .replace(/\0/g, '')
    .replace(/[\x01-\x20\x7f\xa0\ufffd]+/g, (run) => (run.includes('\n') || run.includes('\r') ? '\n' : ' '));
}
