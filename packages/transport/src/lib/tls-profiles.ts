/** The name of a list of versions and cipher suites. */
export type TlsProfile = 'modern' | 'intermediate' | 'compatible';

/** What a profile allows. */
export interface ProfileSettings {
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** In OpenSSL's notation, the preferred one first. */
  readonly ciphers: string;
}

/** Those of TLS 1.3: all have forward secrecy and authenticated encryption. */
const suites13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/** Those of TLS 1.2 with the same properties. */
const suites12 = [
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
];

/** Those of TLS 1.2 with forward secrecy, but without authenticated encryption: for clients of about 2013. */
const suitesOfOldClients = [
  ...['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-RSA-AES128-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA'],
  ...['ECDHE-ECDSA-AES256-SHA384', 'ECDHE-RSA-AES256-SHA384', 'ECDHE-ECDSA-AES256-SHA', 'ECDHE-RSA-AES256-SHA'],
];

/** The profiles. `modern` and `intermediate` follow Mozilla's recommendations, except that no suite of `intermediate` uses finite-field keys. */
export const tlsProfiles: Readonly<Record<TlsProfile, ProfileSettings>> = {
  modern: { minVersion: 'TLSv1.3', ciphers: suites13.join(':') },
  intermediate: { minVersion: 'TLSv1.2', ciphers: [...suites13, ...suites12].join(':') },
  compatible: { minVersion: 'TLSv1.2', ciphers: [...suites13, ...suites12, ...suitesOfOldClients].join(':') },
};
