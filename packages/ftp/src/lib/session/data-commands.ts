import { isIP } from 'node:net';
import type { Reply } from '../protocol/format-reply.ts';
import { type DataAddress, formatPasv, parseEprt, parseEpsv, parsePort } from '../protocol/parse-address.ts';
import { activeSource, PassivePort } from '../transfer/data-source.ts';
import type { CommandHandler } from './command-handlers.ts';
import type { FtpSession } from './ftp-session.ts';

const extendedOnly: Reply = { code: 501, text: 'After EPSV ALL only EPSV is allowed.' };
const noPort: Reply = { code: 425, text: 'No port for a data connection is free.' };

/** Where data connections come from. */
export const dataCommands = {
  PORT: (session, argument) => useActive(session, parsePort(argument)),

  EPRT(session, argument) {
    const address = parseEprt(argument);
    return address === 'family' ? { code: 522, text: 'Use (1,2).' } : useActive(session, address);
  },

  async PASV(session) {
    if (session.isExtendedOnly) return extendedOnly;
    const host = session.settings.publicAddress ?? session.connection.info.localAddress;
    if (isIP(host) !== 4) return { code: 425, text: 'PASV needs IPv4: use EPSV.' };
    const port = await openPassive(session);
    return port === null ? noPort : { code: 227, text: `Entering passive mode (${formatPasv({ host, port })}).` };
  },

  async EPSV(session, argument) {
    const asked = parseEpsv(argument, isIP(session.connection.info.localAddress) === 6 ? 6 : 4);
    if (asked === null) return { code: 501, text: 'This is not a network protocol.' };
    if (asked === 'family')
      return { code: 522, text: `Use (${isIP(session.connection.info.localAddress) === 6 ? 2 : 1}).` };
    if (asked === 'all') {
      session.isExtendedOnly = true;
      return { code: 200, text: 'Only EPSV from now on.' };
    }
    const port = await openPassive(session);
    return port === null ? noPort : { code: 229, text: `Entering extended passive mode (|||${port}|).` };
  },
} satisfies Record<string, CommandHandler>;

function useActive(session: FtpSession, address: DataAddress | null): Reply {
  if (session.isExtendedOnly) return extendedOnly;
  if (address === null) return { code: 501, text: 'This is not an address.' };
  const { allowsActive, checksDataAddress, dataMs } = session.settings;
  if (!allowsActive) return { code: 502, text: 'Only passive data connections are allowed: use EPSV or PASV.' };
  // Otherwise the server could be made to connect to others, or to services of machines that trust it.
  if (address.port < 1024 || (checksDataAddress && !isSame(address.host, session.remoteAddress)))
    return { code: 501, text: 'Data connections go to your own address only, and to ports from 1024 on.' };
  session.dropData();
  session.dataSource = activeSource(address, dataMs);
  return { code: 200, text: 'The address was noted.' };
}

async function openPassive(session: FtpSession): Promise<number | null> {
  const { passivePorts, checksDataAddress, dataMs, wheel, log } = session.settings;
  session.dropData();
  try {
    const passive = await PassivePort.open({
      host: session.connection.info.localAddress,
      client: checksDataAddress ? session.remoteAddress : null,
      ports: passivePorts,
      timeoutMs: dataMs,
      wheel,
      log,
    });
    session.dataSource = passive;
    return passive.port;
  } catch (error) {
    log.error('A data connection of FTP cannot be offered', { error });
    return null;
  }
}

function isSame(host: string, address: string): boolean {
  if (isIP(host) === 4 || isIP(address) !== 6) return host === address;
  return canonical(host) === canonical(address);
}

/** IPv6 has many ways to write an address. The zone of a link-local one is not sent. */
function canonical(address: string): string {
  return new URL(`ftp://[${address.replace(/%.*$/, '')}]`).hostname;
}
