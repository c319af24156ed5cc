import type { ListenAddress } from '@windhover/config/read';

/** How a program reaches the management API of a server on this machine. */
export interface AdminAccess {
  readonly address: ListenAddress;
  /** The certificate to expect, as PEM; `null`: no TLS. */
  readonly certificate: string | null;
  readonly token: string;
}
