export { BaseConnection } from './lib/base-connection.ts';
export type { CertificateFiles } from './lib/certificate-files.ts';
export type { CertificateFinder, FoundCertificate } from './lib/certificate-finder.ts';
export {
  type CheckedCertificate,
  checkCertificate,
  checkedCertificate,
  checkedWarnings,
} from './lib/check-certificate.ts';
export { ChunkJoiner } from './lib/chunk-joiner.ts';
export { type ClientCertificates, clientCertificatePolicy } from './lib/client-certificates.ts';
export { type ClientTls, type ClientTlsOptions, createClientTls } from './lib/client-tls.ts';
export { type ConnectOptions, connect } from './lib/connect.ts';
export type { ConnectAddress } from './lib/connect-address.ts';
export { type ConnectSecureOptions, connectSecure } from './lib/connect-secure.ts';
export { type ConnectionLimit, type ConnectionLimitOptions, createConnectionLimit } from './lib/connection-limit.ts';
export { createTls } from './lib/create-tls.ts';
export { TransportError, type TransportErrorCode, transportErrors } from './lib/errors.ts';
export { type InheritedDescriptor, inheritedDescriptors } from './lib/inherited-descriptors.ts';
export { type Listener, listen } from './lib/listen.ts';
export { type ListenAddress, nameAddress } from './lib/listen-address.ts';
export type { ListenOptions } from './lib/listen-options.ts';
export { logRefusedCertificates } from './lib/log-refused-certificates.ts';
export { createMemoryPair } from './lib/memory-pair.ts';
export type { ProxyHeader } from './lib/proxy-protocol/proxy-header.ts';
export { readProxyHeader } from './lib/proxy-protocol/proxy-header.ts';
export { type ProxyProtocolOptions, proxyProtocol } from './lib/proxy-protocol/proxy-protocol.ts';
export { type ProxyHeaderFacts, writeProxyHeader } from './lib/proxy-protocol/write-proxy-header.ts';
export { onConsumerError } from './lib/report-error.ts';
export type { SocketDriver } from './lib/socket-connection.ts';
export type { Staple, Stapler } from './lib/stapler.ts';
export { StreamTunnel, type TunnelResets, type TunnelStream } from './lib/stream-tunnel.ts';
export {
  createTicketKeys,
  sharedTicketKeys,
  type TicketKeyState,
  TicketKeys,
  ticketKeysOf,
} from './lib/ticket-keys.ts';
export { createTimerWheel, type Deadline, type TimerWheel, type TimerWheelOptions } from './lib/timer-wheel.ts';
export type { Tls, TlsOptions } from './lib/tls-options.ts';
export { type TlsProfile, tlsProfiles } from './lib/tls-profiles.ts';
export { toDuplex } from './lib/to-duplex.ts';
export { unreadBytes } from './lib/unread-bytes.ts';
