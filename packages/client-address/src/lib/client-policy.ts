import { checkOptions, listOf, oneOf, type Rules, rule, wholeNumber } from '@windhover/options';
import { clientAddressError } from './errors.ts';
import { parseTrust, type TrustedNetworks, type TrustPreset } from './trusted-networks.ts';

/** Whom to believe about the client, and how. */
export interface ClientAddressOptions {
  /**
   * The proxies in front: addresses, networks (`10.0.0.0/8`), and the presets `loopback`, `private`, `linklocal` and `unix` (whoever
   * connects through a Unix socket). Whoever is in here may say about the client whatever they like. Default: `[]`, nobody.
   */
  readonly trust?: readonly (TrustPreset | (string & {}))[];
  /**
   * What the proxies write: `Forwarded` (RFC 7239), or `X-Forwarded-For`, `-Proto`, `-Host` and `-Port`. The other is never read: a proxy
   * that writes one passes the client's own other on. Default: `x-forwarded`, which most write.
   */
  readonly headers?: 'forwarded' | 'x-forwarded';
  /**
   * How many proxies in a row are believed, from the nearest on: 1 and more. Default: 8, more than are ever in a row, so that a walk
   * has an end where clients are in the trusted networks themselves. Set it to the number of your proxies if that is fixed.
   */
  readonly maxHops?: number;
}

/** Options with every question answered. */
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

/** Reads options once. Throws `CLIENT_ADDRESS_TRUST_INVALID` or `CLIENT_ADDRESS_OPTION_INVALID`. */
export function clientPolicy(options: ClientAddressOptions = {}): ClientPolicy {
  checkOptions(options, optionRules, (fault) => clientAddressError('CLIENT_ADDRESS_OPTION_INVALID', fault));
  const { trust = [], headers = 'x-forwarded', maxHops = 8 } = options;
  return { trust: parseTrust(trust), headers, maxHops };
}
