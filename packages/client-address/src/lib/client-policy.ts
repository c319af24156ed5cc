import { checkOptions, listOf, oneOf, type Rules, rule, wholeNumber } from '@windhover/options';
import { clientAddressError } from './errors.ts';
import { parseTrust, type TrustedNetworks, type TrustPreset } from './trusted-networks.ts';

/** Options of `clientAddress`. */
export interface ClientAddressOptions {
  /**
   * The proxies in front: addresses, networks (`10.0.0.0/8`), and the presets `loopback`, `private`, `linklocal` and
   * `unix` (all peers of a Unix socket). Any of these may state anything about the client. Default: `[]`, nobody is
   * trusted.
   */
  readonly trust?: readonly (TrustPreset | (string & {}))[];
  /**
   * The field that the proxies write: `Forwarded` (RFC 7239), or `X-Forwarded-For`, `-Proto`, `-Host` and `-Port`. The
   * other one is never read, because a proxy that writes one passes on the client's own other one. Default:
   * `x-forwarded`, which most proxies write.
   */
  readonly headers?: 'forwarded' | 'x-forwarded';
  /**
   * How many proxies in a row are believed, from the nearest one, 1 or more. Default: 8, more than are ever in a row;
   * it ends the walk if clients are inside the trusted networks themselves. Set it to the number of your proxies if
   * that is fixed.
   */
  readonly maxHops?: number;
}

/** Options with defaults filled in. */
export interface ClientPolicy {
  readonly trust: TrustedNetworks;
  readonly headers: 'forwarded' | 'x-forwarded';
  readonly maxHops: number;
}

const optionRules: Rules<ClientAddressOptions> = {
  trust: listOf(
    'addresses, networks and presets',
    rule('a text', (entry) => typeof entry === 'string'),
  ),
  headers: oneOf('forwarded', 'x-forwarded'),
  maxHops: wholeNumber(1),
};

/** Resolves the options once. Throws `CLIENT_ADDRESS_TRUST_INVALID` or `CLIENT_ADDRESS_OPTION_INVALID`. */
export function clientPolicy(options: ClientAddressOptions = {}): ClientPolicy {
  checkOptions(options, optionRules, (fault) => clientAddressError('CLIENT_ADDRESS_OPTION_INVALID', fault));
  const { trust = [], headers = 'x-forwarded', maxHops = 8 } = options;
  return { trust: parseTrust(trust), headers, maxHops };
}
