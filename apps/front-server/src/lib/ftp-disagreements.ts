import { type Configuration, isSameListener, type OptionIssue } from '@windhover/config';
import { type FtpDefinition, ftpOf } from '@windhover/features';
import { nameAddress } from '@windhover/transport';
import { secureListener } from './create-ftp-tls.ts';

const withoutCertificates =
  'expected a `certificate` here, `tls` of a listener and its sites, or `tls: none`: there are no certificates';

/** Servers of FTP whose address is taken in the configuration itself, or that have no certificates. */
export function ftpDisagreements(config: Configuration): readonly OptionIssue[] {
  const servers = ftpOf(config.features);
  return servers.flatMap((server, index): OptionIssue[] => {
    const { address, certificate, options } = server;
    const isTaken =
      config.listeners.some((listener) => isSameListener(listener.address, address)) ||
      servers.slice(0, index).some((other) => isSameServer(other, server));
    const found = JSON.stringify(nameAddress(address));
    return [
      ...(isTaken
        ? [
            {
              path: ['ftp', index, 'listen'],
              message: `expected an address that nothing else listens at, found ${found}`,
            },
          ]
        : []),
      ...(options.security !== 'none' && certificate === null && secureListener(config) === undefined
        ? [{ path: ['ftp', index], message: withoutCertificates }]
        : []),
    ];
  });
}

/** Two servers at any free port could not be told apart after a reload. */
function isSameServer({ address: one }: FtpDefinition, { address: other }: FtpDefinition): boolean {
  return isSameListener(one, other) || JSON.stringify(one) === JSON.stringify(other);
}
