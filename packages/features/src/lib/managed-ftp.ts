import type { ManagedThing } from '@windhover/core/feature';
import type { FtpServer, SessionInfo } from '@windhover/ftp';

/** Holds a server of FTP over reloads; `null` until it listens. */
export interface OpenFtp {
  server: Pick<FtpServer, 'sessions'> | null;
}

/** A session as administrators see it. */
export interface FtpSessionState {
  /** Unique in the whole server. */
  readonly name: string;
  readonly user: string | null;
  readonly client: string;
  readonly startedAt: number;
  readonly isSecure: boolean;
  readonly folder: string;
  readonly command: string | null;
  /** The file or folder that is being transferred. */
  readonly path: string | null;
  /** Of all transfers of this session. */
  readonly bytes: number;
}

/** What `GET /things?kind=ftp` says of a server. */
export interface FtpState {
  readonly counts: { readonly sessions: number; readonly transfers: number };
  /** The oldest first, at most 1,000 of each worker. */
  readonly sessions: { readonly all: readonly FtpSessionState[] };
}

const maxListed = 1000;

/** The sessions of a server of FTP, for administrators, who can end one: `{ session: NAME }`. */
export function managedFtp(name: string, open: OpenFtp): ManagedThing {
  const sessions = (): readonly SessionInfo[] => open.server?.sessions ?? [];
  return {
    kind: 'ftp',
    name,
    read: (): FtpState => ({
      counts: {
        sessions: sessions().length,
        transfers: sessions().filter(({ transfer }) => transfer !== null).length,
      },
      sessions: { all: sessions().slice(0, maxListed).map(toState) },
    }),
    actions: {
      end({ session }) {
        if (typeof session !== 'string') throw new Error('expected `session`, the name of one');
        const found = sessions().find((each) => nameOf(each) === session);
        if (found === undefined) return null; // it is another worker's, or over
        found.end('An administrator has ended this session.');
        return { ended: session };
      },
    },
  };
}

function toState(session: SessionInfo): FtpSessionState {
  const { user, remoteAddress, remotePort, startedAt, isSecure, folder, command, transfer, bytes } = session;
  return {
    name: nameOf(session),
    user: user?.name ?? null,
    client: remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`,
    ...{ startedAt, isSecure, folder, command, bytes },
    path: transfer?.path ?? null,
  };
}

/** The numbers of sessions are those of a process. */
function nameOf({ id }: SessionInfo): string {
  return `${process.pid}.${id}`;
}
