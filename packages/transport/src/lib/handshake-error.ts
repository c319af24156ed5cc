import { TransportError } from './errors.ts';

/** Node's form of an OpenSSL error. */
interface OpensslError extends NodeJS.ErrnoException {
  readonly reason?: string;
}

/**
 * The reason for a failed handshake, with a plainer message than OpenSSL's where we have one.
 *
 * @param refusedName the server name that no certificate is for, empty if the client sent none; `null` if there is a
 *   certificate
 */
export function handshakeError(error: OpensslError, refusedName: string | null = null): TransportError {
  const { code = '', reason, message } = error;
  if (refusedName !== null && withoutCertificate.test(code)) {
    const name = refusedName === '' ? 'clients that send no server name' : JSON.stringify(refusedName);
    return new TransportError('TRANSPORT_TLS_HANDSHAKE_FAILED', `no certificate is for ${name}`, error);
  }
  const alert = /_ALERT_(\w+)$/.exec(code)?.[1] ?? ''; // prefix: SSLV3, TLSV1 or SSL/TLS, by OpenSSL version
  const known = reasons[code] ?? alerts[alert];
  const detail = known ?? (reason === undefined ? message.trim() : `OpenSSL says: ${reason}`);
  const isRefused = code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE'; // OpenSSL leaves other certificates to us
  return new TransportError(
    isRefused ? 'TRANSPORT_TLS_CLIENT_REFUSED' : 'TRANSPORT_TLS_HANDSHAKE_FAILED',
    detail,
    error,
  );
}

/** OpenSSL's codes, in TLS 1.2 and 1.3, where there is no certificate. */
const withoutCertificate = /^ERR_SSL_NO_(?:SHARED_CIPHER|SUITABLE_SIGNATURE_ALGORITHM)$/;

const reasons: Readonly<Record<string, string>> = {
  ERR_SSL_HTTP_REQUEST: 'the client speaks plain HTTP',
  ERR_SSL_WRONG_VERSION_NUMBER:
    'the client does not speak TLS, or a proxy in front sends a PROXY header that is not expected (see `proxyProtocol`)',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'the client knows only versions of TLS that are too old',
  ERR_SSL_NO_APPLICATION_PROTOCOL: 'the client offers no protocol (ALPN) that this server supports',
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: 'there is no signature algorithm that both sides know',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'the client sent no certificate',
  ERR_SSL_NO_SHARED_CIPHER: 'there is no cipher that both sides know',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'the client refuses the server name',
  ERR_SSL_UNEXPECTED_EOF_WHILE_READING: 'the client went away',
  ECONNRESET: 'the client went away',
  EPIPE: 'the client went away',
};

const noTrust = 'the client does not trust the certificate';

/** Alerts that clients send before they close (RFC 8446 §6.2). */
const alerts: Readonly<Record<string, string>> = {
  UNKNOWN_CA: `${noTrust}: it does not know its issuer. Are the intermediate certificates in certFile?`,
  CERTIFICATE_UNKNOWN: `${noTrust}: check its issuer, its names and its dates`,
  BAD_CERTIFICATE: `${noTrust}: check its issuer, its names and its dates`,
  CERTIFICATE_EXPIRED: `${noTrust}: it has expired, or one of the two clocks is wrong`,
  CERTIFICATE_REVOKED: `${noTrust}: it was revoked`,
  UNSUPPORTED_CERTIFICATE: `${noTrust}: the client does not support its type`,
  HANDSHAKE_FAILURE: 'the client finds no version, cipher or key in common',
  INSUFFICIENT_SECURITY: 'the client finds the ciphers too weak',
  PROTOCOL_VERSION: 'the client refuses the version of TLS',
  NO_APPLICATION_PROTOCOL: 'the client refuses the protocol (ALPN)',
  ACCESS_DENIED: 'the client refuses access',
  USER_CANCELLED: 'the client gave up',
  INTERNAL_ERROR: 'the client failed',
  DECODE_ERROR: 'the client could not decode a message of the handshake',
  DECRYPT_ERROR: 'the client could not verify a message of the handshake',
  ILLEGAL_PARAMETER: 'the client found an invalid value in the handshake',
};
