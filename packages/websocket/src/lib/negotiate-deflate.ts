import { parseListField, parseParameters } from '@windhover/http-semantics';

/** The agreed parameters of `permessage-deflate` (RFC 7692 §7.1). */
export interface DeflateAgreement {
  /** Size of the window in which this side compresses, as a power of two: 9 to 15. */
  readonly ownWindowBits: number;
  /** Whether this side keeps its window from message to message. */
  readonly keepsOwnContext: boolean;
  /** Whether the peer does. */
  readonly keepsPeerContext: boolean;
}

/** An agreement, and the extension as the server answers it. */
export interface AcceptedDeflate extends DeflateAgreement {
  readonly answer: string;
}

const bits = /^(?:[89]|1[0-5])$/;

/** The parameters of one offer or answer; `null` if they are not valid, which declines it (RFC 7692 §7.1). */
interface DeflateParameters {
  readonly serverNoContext: boolean;
  readonly clientNoContext: boolean;
  readonly serverBits: number | null;
  /** `true`: named without a value, so the client understands a limit. */
  readonly clientBits: number | true | null;
}

/**
 * Accepts the first acceptable offer of `permessage-deflate` in `Sec-WebSocket-Extensions`, as a server. Returns `null`
 * if there is none: the connection then goes on without compression.
 *
 * @param keepsContext whether both sides may keep their windows: better compression, at some 300 KiB for each connection
 */
export function acceptDeflate(offers: string | undefined, keepsContext: boolean): AcceptedDeflate | null {
  for (const offer of parseListField(offers ?? '')) {
    const asked = parseDeflate(offer, 'offer');
    // zlib cannot keep to a window of 256 bytes.
    if (asked === null || asked.serverBits === 8) continue;
    const keepsOwnContext = keepsContext && !asked.serverNoContext;
    const keepsPeerContext = keepsContext && !asked.clientNoContext;
    let answer = 'permessage-deflate';
    if (!keepsOwnContext) answer += '; server_no_context_takeover';
    if (!keepsPeerContext) answer += '; client_no_context_takeover';
    if (asked.serverBits !== null) answer += `; server_max_window_bits=${asked.serverBits}`;
    return { answer, ownWindowBits: asked.serverBits ?? 15, keepsOwnContext, keepsPeerContext };
  }
  return null;
}

/** The offer of a client. */
export function offerDeflate(keepsContext: boolean): string {
  const context = keepsContext ? '' : '; client_no_context_takeover; server_no_context_takeover';
  return `permessage-deflate; client_max_window_bits${context}`;
}

/** Reads a server's answer to `offerDeflate`, as a client. `null` if it accepts anything that was not offered. */
export function readDeflateAnswer(answer: string, keepsContext: boolean): DeflateAgreement | null {
  const extensions = parseListField(answer);
  const agreed = extensions.length === 1 ? parseDeflate(extensions[0]!, 'answer') : null;
  if (agreed === null || agreed.clientBits === true || agreed.clientBits === 8) return null;
  if (!keepsContext && !agreed.serverNoContext) return null; // RFC 7692 §7.1.1.1: a server must confirm it
  return {
    ownWindowBits: agreed.clientBits ?? 15,
    keepsOwnContext: keepsContext && !agreed.clientNoContext,
    keepsPeerContext: !agreed.serverNoContext,
  };
}

function parseDeflate(text: string, role: 'offer' | 'answer'): DeflateParameters | null {
  const end = text.indexOf(';');
  const name = (end === -1 ? text : text.slice(0, end)).trim();
  if (name !== 'permessage-deflate') return null;
  const parameters = parseExtensionParameters(end === -1 ? '' : text.slice(end));
  if (parameters === null) return null;
  let clientBits: number | true | null = null;
  let serverBits: number | null = null;
  for (const [key, value] of parameters) {
    if (key === 'server_no_context_takeover' || key === 'client_no_context_takeover') {
      if (value !== null) return null;
    } else if (key === 'client_max_window_bits') {
      if (value === null && role === 'answer') return null;
      if (value !== null && !bits.test(value)) return null;
      clientBits = value === null ? true : Number(value);
    } else if (key === 'server_max_window_bits') {
      if (value === null || !bits.test(value)) return null;
      serverBits = Number(value);
    } else return null;
  }
  return {
    serverNoContext: parameters.has('server_no_context_takeover'),
    clientNoContext: parameters.has('client_no_context_takeover'),
    serverBits,
    clientBits,
  };
}

/** Parses `; name; name=value; name="value"` (RFC 6455 §9.1), where a value may be missing. `null` for anything else. */
function parseExtensionParameters(text: string): Map<string, string | null> | null {
  const parameters = new Map<string, string | null>();
  for (const part of text.split(';').slice(1)) {
    const trimmed = part.trim();
    const isAlone = /^[a-z_]+$/.test(trimmed);
    const parsed = isAlone ? new Map([[trimmed, null]]) : parseParameters(`;${trimmed}`);
    if (parsed === null || parsed.size !== 1) return null;
    for (const [key, value] of parsed) {
      if (parameters.has(key)) return null;
      parameters.set(key, value);
    }
  }
  return parameters;
}
