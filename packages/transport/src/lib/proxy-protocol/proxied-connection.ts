import type { ConnectionInfo, ProxiedConnection } from '@windhover/core';
import type { ProxyHeader } from './proxy-header.ts';
import { readTlvs } from './read-proxy-v2.ts';

const authorityType = 0x02;
const uniqueIdType = 0x05;
const tlsType = 0x20;
const tlsPart = { protocol: 0x21, commonName: 0x22, cipher: 0x23 };

/** The facts about a connection after its header. */
export function proxiedInfo(info: ConnectionInfo, header: ProxyHeader): ConnectionInfo {
  const { id, transport, remoteAddress, remotePort, localAddress, localPort, tls } = info;
  const proxied: ProxiedConnection = {
    version: header.version,
    proxyAddress: remoteAddress,
    proxyPort: remotePort,
    authority: textOf(header.tlvs.get(authorityType)),
    uniqueId: header.tlvs.get(uniqueIdType) ?? null,
    tls: tlsOf(header.tlvs.get(tlsType)),
    tlvs: header.tlvs,
  };
  const addresses = header.addresses ?? { remoteAddress, remotePort, localAddress, localPort };
  return { id, transport, ...addresses, tls, proxied };
}

/** What the proxy says of the TLS that it has ended (§2.2.5 of the specification). */
function tlsOf(value: Uint8Array | undefined): ProxiedConnection['tls'] {
  if (value === undefined || value.byteLength < 5 || (value[0]! & 1) === 0) return null;
  const parts = readTlvs(value, 5);
  const hasCertificate = (value[0]! & 6) !== 0;
  const isVerified = value.subarray(1, 5).every((byte) => byte === 0);
  return {
    protocol: textOf(parts.get(tlsPart.protocol)) ?? '',
    cipher: textOf(parts.get(tlsPart.cipher)),
    commonName: hasCertificate && isVerified ? textOf(parts.get(tlsPart.commonName)) : null,
  };
}

function textOf(value: Uint8Array | undefined): string | null {
  return value === undefined ? null : Buffer.from(value).toString('utf8');
}
