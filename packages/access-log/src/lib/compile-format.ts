import { nearestName } from '@windhover/options';
import type { AccessFormat } from './access-format.ts';
import { accessLogError } from './errors.ts';
import { escapeText } from './escape-text.ts';
import { type Fact, moreFacts, stageFacts } from './facts.ts';
import { numberText } from './number-text.ts';
import { isSecretField, redacted, redactUrl } from './redact.ts';
import { usualFormats } from './usual-formats.ts';

/** What is wrong with a format. */
export interface FormatProblem {
  readonly message: string;
  /** The name that was probably meant. */
  readonly suggestion?: string | undefined;
}

type Part = string | Fact;

const known: Readonly<Record<string, Fact>> = moreFacts;
const formatNames = Object.keys(usualFormats);
/** The servers whose format is known here by another name. */
const elsewhere: Readonly<Record<string, { readonly of: string; readonly name: keyof typeof usualFormats }>> = {
  iis: { of: 'IIS', name: 'w3c' },
  nginx: { of: 'nginx', name: 'combined' },
  apache: { of: 'Apache', name: 'combined' },
  ncsa: { of: 'NCSA', name: 'common' },
};
const fieldPrefixes = ['request.header.', 'response.header.'] as const;

/**
 * Makes a format: a usual one by its name, or a text with placeholders such as `{client} {status} {request.header.accept}`.
 * `{{` and `}}` stand for braces. Throws `ACCESS_LOG_FORMAT_INVALID`.
 */
export function compileFormat(text: string): AccessFormat {
  const usual = usualFormatOf(text);
  if (usual !== undefined) return usual;
  const read = readParts(text);
  if ('parts' in read) return fromParts(read.parts, text);
  const hint = read.suggestion === undefined ? '' : `. Did you mean \`${read.suggestion}\`?`;
  throw accessLogError('ACCESS_LOG_FORMAT_INVALID', `${read.message}${hint}`);
}

/** Returns what is wrong with a format, `null` if it is valid. */
export function formatProblem(text: string): FormatProblem | null {
  if (usualFormatOf(text) !== undefined) return null;
  const read = readParts(text);
  return 'parts' in read ? null : read;
}

function usualFormatOf(text: string): AccessFormat | undefined {
  return Object.hasOwn(usualFormats, text) ? usualFormats[text as keyof typeof usualFormats] : undefined;
}

function fromParts(parts: readonly Part[], text: string): AccessFormat {
  const usesStages = [...stageFacts].some((name) => text.includes(`{${name}}`));
  return {
    header: null,
    usesStages,
    line: (entry) => {
      let line = '';
      for (const part of parts) {
        if (typeof part === 'string') line += part;
        else {
          const value = part(entry);
          line +=
            typeof value === 'number' ? numberText(value) : value === null || value === '' ? '-' : escapeText(value);
        }
      }
      return `${line}\n`;
    },
  };
}

/** Splits a format into literal text and facts. */
function readParts(text: string): { readonly parts: Part[] } | FormatProblem {
  if (!text.includes('{')) {
    const message = `expected ${formatNames.join(', ')}, or a text with names in braces`;
    const word = text.trim().toLowerCase();
    if (!Object.hasOwn(elsewhere, word)) return { message, suggestion: nearestName(text, formatNames) };
    const { of, name } = elsewhere[word]!;
    return { message: `${message}; the format of ${of} is ${name}`, suggestion: name };
  }
  if (/[^\P{Cc}\t]/u.test(text)) return { message: 'expected a format of one line, without control characters' };
  const parts: Part[] = [];
  // The alternatives are tried in order: an escaped brace, a placeholder, a brace that is neither, other text.
  for (const [piece, name] of text.matchAll(/\{\{|\}\}|\{([A-Za-z][\w.-]*)\}|[{}]|[^{}]+/g)) {
    if (name !== undefined) {
      const fact = factOf(name);
      if (typeof fact !== 'function') return fact;
      parts.push(fact);
    } else if (piece === '{' || piece === '}') {
      return { message: 'expected names in braces, and `{{` or `}}` for a brace that is text' };
    } else parts.push(piece === '{{' || piece === '}}' ? piece.slice(1) : piece);
  }
  return { parts };
}

function factOf(name: string): Fact | FormatProblem {
  if (Object.hasOwn(known, name)) return known[name]!;
  for (const prefix of fieldPrefixes) {
    if (name.startsWith(prefix) && name.length > prefix.length) {
      return fieldFact(prefix === 'request.header.' ? 'request' : 'response', name.slice(prefix.length).toLowerCase());
    }
  }
  const suggestion = nearestName(name, [...Object.keys(known), ...fieldPrefixes]);
  return { message: `expected the name of a fact in braces, found {${name}}`, suggestion };
}

function fieldFact(side: 'request' | 'response', name: string): Fact {
  const isSecret = isSecretField(name);
  return ({ context }) => {
    const value = context[side].headers.get(name);
    if (value === undefined) return null;
    if (isSecret) return redacted;
    return /[?#@]/.test(value) ? redactUrl(value) : value;
  };
}
