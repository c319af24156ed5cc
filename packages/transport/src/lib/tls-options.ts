import type { Clock, Connection, ConnectionInfo, Middleware } from '@windhover/core';
import type { CertificateFiles } from './certificate-files.ts';
import type { CertificateFinder } from './certificate-finder.ts';
import type { TransportError } from './errors.ts';
import type { SocketDriver } from './socket-connection.ts';
import type { Stapler } from './stapler.ts';
import type { TicketKeys } from './ticket-keys.ts';
import type { TimerWheel } from './timer-wheel.ts';
import type { TlsProfile } from './tls-profiles.ts';

/** Options of `createTls`. */
export interface TlsOptions {
  /**
   * The certificate for clients that send no server name, or one that is not in `serverNames`. `null` refuses them with
   * the alert `handshake_failure`, so that nobody sees the name of another site by accident; `serverNames` then needs at
   * least one name, or there must be `otherNames`.
   */
  readonly certificate: CertificateFiles | CertificateFinder | null;
  /**
   * More certificates, by server name: `example.org`, or `*.example.org` for names with one more label. An exact name
   * wins. A finder is asked when a client is there; as long as it finds none, clients of that name are refused. Default: none.
   */
  readonly serverNames?: Readonly<Record<string, CertificateFiles | CertificateFinder>>;
  /** Finds certificates for names that are not in `serverNames`, before `certificate` is used. Default: none. */
  readonly otherNames?: CertificateFinder;
  /**
   * Finds the certificates of challenges that are under way (TLS-ALPN-01, RFC 8737), for clients of TLS 1.3 that offer `acme-tls/1` and nothing
   * else. Their connections are closed after the handshake. Default: no challenges are answered.
   */
  readonly challenges?: CertificateFinder;
  /** ALPN protocols, the preferred one first. A client that offers only others is refused. Default: `['http/1.1']`. */
  readonly alpnProtocols?: readonly string[];
  /**
   * Versions and cipher suites by name. `modern`: TLS 1.3 only. `intermediate`: TLS 1.2 too, with forward secrecy and authenticated encryption.
   * `compatible`: also suites with CBC for clients of about 2013, with forward secrecy. Default: `intermediate`, which every browser of the last ten
   * years speaks.
   */
  readonly profile?: TlsProfile;
  /** The lowest TLS version. Default: that of the profile; RFC 8996 forbids versions before TLS 1.2. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Cipher list in OpenSSL's notation, those of TLS 1.3 included. Default: that of the profile. */
  readonly ciphers?: string;
  /** Milliseconds until a handshake is given up, above 0. Default: 10,000, as in Kestrel. */
  readonly handshakeTimeoutMs?: number;
  /**
   * How many handshakes may be under way; one more connection is reset at once. Default: 2,000 for each `createTls`: a
   * handshake keeps some 50 KB, and strangers may begin any number.
   */
  readonly maxHandshakes?: number;
  /**
   * The keys of session tickets, for listeners and processes that resume each other's sessions. Default: all listeners of
   * a process share theirs, also after a reload.
   */
  readonly ticketKeys?: TicketKeys;
  /**
   * Takes lines of NSS' key log format: with them, recorded connections can be read by programs such as Wireshark, so
   * never keep them where others can. Default: none.
   */
  readonly onKeyLog?: (line: Buffer, info: ConnectionInfo) => void;
  /** How secure connections are read. Default: `borrow` if this Node passes the start-up check, otherwise `data`. */
  readonly driver?: SocketDriver;
  /**
   * Is called with the reason when a handshake failed, after the connection is closed. Default: none; many clients that
   * reach a public port do not speak TLS.
   */
  readonly onHandshakeError?: (error: TransportError, info: ConnectionInfo) => void;
  /**
   * Is called, whenever certificates are loaded, for each that is expired, not valid yet, or does not cover its name in
   * `serverNames`. Default: emits a process warning.
   */
  readonly onWarning?: (warning: TransportError) => void;
  /**
   * Keeps answers of OCSP responders, which are sent with certificates that name one: `createStapler()` of `@windhover/certificates`. Default: none
   * are sent.
   */
  readonly stapler?: Stapler;
  /** Measures the handshake timeout. Default: a new wheel on `clock`. */
  readonly wheel?: TimerWheel;
  /** The time for validity checks and for the default wheel. Default: `systemClock`. */
  readonly clock?: Clock;
}

/** The TLS side of a server; any number of listeners can share it. */
export interface Tls {
  /** How secure connections are read. */
  readonly driver: SocketDriver;
  /** The ALPN protocols it offers, the preferred one first. The server on top must speak all of them. */
  readonly alpnProtocols: readonly string[];
  /** Takes a raw connection, does the handshake, and passes on the secure connection. */
  readonly middleware: Middleware<Connection>;
  /**
   * Reads all files again, for later handshakes; open connections are not affected. Rejects as `createTls` does, and
   * then keeps the old certificates.
   */
  reload(): Promise<void>;
}
