import { decompressResponse } from '@windhover/compression';
import { after, type Body, type HttpContext, type HttpResponse, type Middleware, toPushBody } from '@windhover/core';
import { formatETag, parseETag, parseMediaType } from '@windhover/http-semantics';
import { checkOptions, wholeNumber } from '@windhover/options';
import { AttributeReplacer } from './attribute-replacer.ts';
import {
  type BodyChange,
  compileOutbound,
  type HeaderChange,
  type LinkChange,
  type ValueChange,
} from './compile-outbound.ts';
import { optionError } from './errors.ts';
import { MappedBody, type TextChanger } from './mapped-body.ts';
import { linkAttributes, type OutboundOptions, type OutboundRule } from './outbound-rule.ts';
import { sendable } from './sendable.ts';
import { renderText, type Template, type TemplateScope } from './template.ts';
import { TextReplacer } from './text-replacer.ts';

/**
 * Changes answers on their way out: values of headers, texts of bodies, links of pages. Bodies stream through; one that is
 * compressed is decompressed first, and one in an unknown coding stays as it is, as do answers of a part (206). Place it
 * inside of compression. Throws `REWRITE_OPTION_INVALID` and `REWRITE_PATTERN_INVALID` when it is created.
 */
export function outbound(rules: readonly OutboundRule[], options: OutboundOptions = {}): Middleware<HttpContext> {
  checkOptions(options, { maxDecompressedBytes: wholeNumber(1) }, (fault) => optionError(`outbound(): ${fault}`));
  const { maxDecompressedBytes: maxBytes = 64 * 1024 * 1024 } = options;
  const { headers, links, bodies } = compileOutbound(rules);
  const hasBodies = links.length + bodies.length > 0;
  return function outbound(context, next) {
    if (headers.length > 0) context.onHead((response) => changeHeaders(response, headers, scopeOf(context)));
    if (!hasBodies) return next(context);
    return after(next, context, (error) => {
      if (error === undefined && context.response.isAnswered) changeBody(context, links, bodies, maxBytes);
    });
  };
}

function changeHeaders({ headers }: HttpResponse, changes: readonly HeaderChange[], scope: TemplateScope): void {
  for (const change of changes) {
    if (!headers.has(change.header)) continue;
    const values = headers.getAll(change.header).map((value) => changed(value, change, scope) ?? value);
    headers.set(change.header, values);
  }
}

function changeBody(
  context: HttpContext,
  links: readonly LinkChange[],
  bodies: readonly BodyChange[],
  maxBytes: number,
): void {
  const { response, request } = context;
  const type = parseMediaType(response.headers.get('content-type') ?? '');
  if (type === null || response.status === 206) return;
  const essence = `${type.type}/${type.subtype}`;
  const isPage = links.length > 0 && /^(?:text\/html|application\/xhtml\+xml)$/.test(essence);
  const texts = bodies.filter(({ types }) => types.some((each) => isOfType(essence, each)));
  if (!isPage && texts.length === 0) return;
  if (!decompressResponse(response, { maxBytes, maxRatio: null })) return; // what our own upstream sends is no attack
  forgetLength(response);
  if (response.body === null) return;
  if (request.method === 'HEAD') {
    response.body = unsent;
    return;
  }
  const scope = scopeOf(context);
  const isMarkup = /html|xml/.test(essence);
  let body = toPushBody(response.takeBody());
  if (isPage) body = new MappedBody(body, linkReplacer(links, scope));
  if (texts.length > 0) body = new MappedBody(body, textReplacer(texts, scope, isMarkup));
  response.body = body;
}

/** The content of a HEAD: its length is not known before it is changed. */
const unsent: Body = {
  async *[Symbol.asyncIterator]() {
    // nobody asks
  },
};

/** Everything that tells of the bytes as they were. */
function forgetLength(response: HttpResponse): void {
  const { headers } = response;
  response.declaredLength = null;
  for (const name of ['accept-ranges', 'content-md5', 'digest', 'content-digest', 'repr-digest']) headers.delete(name);
  const tag = parseETag(headers.get('etag') ?? '');
  if (tag !== null && !tag.isWeak) headers.set('ETag', formatETag(tag.value, { weak: true }));
}

function textReplacer(changes: readonly BodyChange[], scope: TemplateScope, isMarkup: boolean): TextChanger {
  return new TextReplacer(
    changes.map(({ find, to }) => ({
      find: asBytes(find),
      to: asBytes(isMarkup ? renderMarkup(to, scope) : renderText(to, scope)),
    })),
  );
}

function linkReplacer(changes: readonly LinkChange[], scope: TemplateScope): TextChanger {
  return new AttributeReplacer((element, attribute, value) => {
    if (linkAttributes[element]?.includes(attribute) !== true) return null;
    for (const change of changes) {
      if (change.elements !== null && !change.elements.has(element)) continue;
      const link = changedLink(value, change, scope);
      if (link !== null) return link;
    }
    return null;
  });
}

/** A link as it stands in a page, byte by byte. What is kept of it stays as it is, what is put in is escaped. */
function changedLink(link: string, { find, pattern, to }: ValueChange, scope: TemplateScope): string | null {
  if (pattern !== null) {
    const groups = pattern.exec(link);
    return groups === null ? null : renderLink(to, { ...scope, groups });
  }
  const found = [asBytes(find!), asBytes(escaped(find!))].find((text) => link.includes(text));
  return found === undefined ? null : link.replaceAll(found, () => renderLink(to, scope));
}

function renderLink({ parts }: Template, scope: TemplateScope): string {
  return parts
    .map((part) => {
      if (typeof part !== 'string' && part.from === 'group') return part.read(scope);
      return asBytes(escaped(typeof part === 'string' ? part : part.read(scope)));
    })
    .join('');
}

/** The new value; `null` if it stays. */
function changed(value: string, { find, pattern, to }: ValueChange, scope: TemplateScope): string | null {
  if (pattern !== null) {
    const groups = pattern.exec(value);
    return groups === null ? null : sendable(renderText(to, { ...scope, groups }));
  }
  return value.includes(find!) ? value.replaceAll(find!, () => sendable(renderText(to, scope))) : null;
}

/** Values of a client are text in a page, never markup. */
function renderMarkup({ parts }: Template, scope: TemplateScope): string {
  return parts.map((part) => (typeof part === 'string' ? part : escaped(part.read(scope)))).join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** One character for each byte, as bodies are read. */
function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function scopeOf({ request, client }: HttpContext): TemplateScope {
  return { request, client, groups: [], conditionGroups: [] };
}

function isOfType(essence: string, type: string): boolean {
  return type.endsWith('/*') ? essence.startsWith(type.slice(0, -1)) : essence === type;
}
