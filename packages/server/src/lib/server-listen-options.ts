import { checkOptions, isRecord, oneOf, type Rules } from '@windhover/options';
import type { ListenOptions } from '@windhover/transport';
import { serverError } from './errors.ts';

/** Options of a server's listener: those of `listen()` of `@windhover/transport`, and the protocols. */
export interface ServerListenOptions extends ListenOptions {
  /**
   * How clients may ask for HTTP/2. `alpn`: in the TLS handshake, if `tls` offers `h2` (`alpnProtocols` of `createTls()`).
   * `prior-knowledge`: without TLS too, by beginning with its preface (RFC 9113 §3.3); HTTP/1.1 is served as well.
   * Default: `alpn`, because no browser speaks HTTP/2 without TLS, and each connection that begins with unknown bytes costs a little.
   */
  readonly http2?: 'alpn' | 'prior-knowledge';
}

const rules: Rules<Pick<ServerListenOptions, 'http2'>> = { http2: oneOf('alpn', 'prior-knowledge') };

/** Takes the options of the server out of those of a listener. Throws `SERVER_OPTION_INVALID`. */
export function splitListenOptions(given: ServerListenOptions): {
  readonly http2: 'alpn' | 'prior-knowledge';
  readonly options: ListenOptions;
} {
  const isUsable: boolean = isRecord(given);
  if (!isUsable) return { http2: 'alpn', options: given };
  const { http2 = 'alpn', ...options } = given;
  checkOptions({ http2 }, rules, (fault) => serverError('SERVER_OPTION_INVALID', `listen(): ${fault}`));
  return { http2, options };
}
