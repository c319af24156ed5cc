import {
  type ChannelConsumer,
  type Connection,
  type ConnectionInfo,
  type Handler,
  type Middleware,
  systemClock,
} from '@windhover/core';
import { isInNetwork, parseIpAddress, parseIpNetwork } from '@windhover/ip';
import { anyFunction, checkOptions, milliseconds, oneOf, type Rules, rule } from '@windhover/options';
import { badOption } from '../bad-option.ts';
import { TransportError } from '../errors.ts';
import { reportError } from '../report-error.ts';
import { runCallback } from '../run-callback.ts';
import { createTimerWheel, type TimerWheel } from '../timer-wheel.ts';
import { proxiedInfo } from './proxied-connection.ts';
import { readProxyHeader } from './proxy-header.ts';

/** Options of `proxyProtocol`. */
export interface ProxyProtocolOptions {
  /**
   * Whose connections begin with a PROXY header: addresses and networks, and `unix` for Unix sockets; or a function that
   * says so. A header of anybody else is not read, since it could claim any address.
   */
  readonly from: readonly string[] | ((info: ConnectionInfo) => boolean);
  /**
   * What happens to connections of others. `plain`: they are served as what they are. `refuse`: they are closed. Default:
   * `plain`.
   */
  readonly others?: 'plain' | 'refuse';
  /** How long the header may take, in milliseconds, above 0. Default: 5,000, as in Caddy: it comes in the first packet. */
  readonly timeoutMs?: number;
  /** Is told why a connection was closed: `TRANSPORT_PROXY_INVALID`, `…_TIMEOUT` or `…_REFUSED`. Default: nobody is. */
  readonly onRefused?: (error: TransportError, info: ConnectionInfo) => void;
  /** Default: a wheel of its own. */
  readonly wheel?: TimerWheel;
}

const optionRules: Rules<ProxyProtocolOptions> = {
  from: rule(
    'a list of addresses and networks, or a function',
    (value) => typeof value === 'function' || Array.isArray(value),
  ),
  others: oneOf('plain', 'refuse'),
  timeoutMs: milliseconds('above 0'),
  onRefused: anyFunction,
  wheel: rule('a timer wheel', (value) => typeof (value as TimerWheel)?.createDeadline === 'function'),
};

/**
 * Returns middleware for raw connections that reads a PROXY header, version 1 or 2, and gives the connection the
 * addresses of the client. Place it before everything that looks at addresses, and before TLS. It works on connections
 * of `listen` and of `createMemoryPair`. Throws `TRANSPORT_BAD_OPTION`.
 */
export function proxyProtocol(options: ProxyProtocolOptions): Middleware<Connection> {
  checkOptions(options, optionRules, (what) => badOption('proxyProtocol()', what));
  if (options.from === undefined)
    throw badOption('proxyProtocol()', 'from: expected a list of addresses and networks, found none');
  const { others = 'plain', timeoutMs = 5000, onRefused, wheel = createTimerWheel({ clock: systemClock }) } = options;
  const isTrusted = typeof options.from === 'function' ? options.from : trustIn(options.from);
  const refuse = (connection: Connection, error: TransportError): void => {
    const { info } = connection;
    connection.destroy(error);
    if (onRefused !== undefined) runCallback(onRefused, error, info);
  };
  return function proxyProtocol(connection, next) {
    if (isTrusted(connection.info)) {
      const reader = new HeaderReader(connection, next, (error) => refuse(connection, error));
      const deadline = wheel.createDeadline(() =>
        reader.fail(new TransportError('TRANSPORT_PROXY_TIMEOUT', `after ${timeoutMs} ms`)),
      );
      deadline.set(timeoutMs);
      reader.whenOver = () => deadline.dispose();
      connection.attach(reader);
    } else if (others === 'plain') return next(connection);
    else
      refuse(
        connection,
        new TransportError('TRANSPORT_PROXY_REFUSED', `it comes from ${connection.info.remoteAddress}`),
      );
  };
}

/** Reads the header of one connection, then passes the connection on. */
class HeaderReader implements ChannelConsumer {
  whenOver: () => void = () => undefined;
  private readonly connection: Connection;
  private readonly next: Handler<Connection>;
  private readonly onFailure: (error: TransportError) => void;
  private bytes: Uint8Array = new Uint8Array(0);
  private isOver = false;

  constructor(connection: Connection, next: Handler<Connection>, onFailure: (error: TransportError) => void) {
    this.connection = connection;
    this.next = next;
    this.onFailure = onFailure;
  }

  data(chunk: Uint8Array): void {
    if (this.isOver) {
      this.connection.unread(chunk);
      return;
    }
    const bytes = this.bytes.byteLength === 0 ? chunk : Buffer.concat([this.bytes, chunk]);
    try {
      const header = readProxyHeader(bytes);
      if (header === null)
        this.bytes = Uint8Array.from(bytes); // what was given is lent
      else this.done(proxiedInfo(this.connection.info, header), bytes.subarray(header.byteLength));
    } catch (error) {
      if (!TransportError.is(error)) throw error;
      this.fail(error);
    }
  }

  end(): void {
    if (!this.isOver) this.fail(new TransportError('TRANSPORT_PROXY_INVALID', 'the connection ended inside of it'));
  }

  drain(): void {
    // nothing is written here
  }

  close(): void {
    this.over();
  }

  fail(error: TransportError): void {
    if (this.isOver) return;
    this.over();
    this.onFailure(error);
  }

  private over(): void {
    this.isOver = true;
    this.whenOver();
  }

  private done(info: ConnectionInfo, rest: Uint8Array): void {
    const { connection } = this;
    this.over();
    connection.pause(); // until somebody else reads it
    connection.unread(rest);
    (connection as { info: ConnectionInfo }).info = info;
    const failed = (error: unknown): void => {
      reportError(error);
      connection.destroy();
    };
    try {
      this.next(connection)?.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }
}

function trustIn(written: readonly string[]): (info: ConnectionInfo) => boolean {
  const isUnix = written.includes('unix');
  const networks = written
    .filter((each) => each !== 'unix')
    .map((each) => {
      const network = parseIpNetwork(each);
      if (typeof network === 'string')
        throw badOption('proxyProtocol()', `from: ${network}, found ${JSON.stringify(each)}`);
      return network;
    });
  return ({ remoteAddress, transport }) => {
    if (transport === 'unix') return isUnix;
    const address = parseIpAddress(remoteAddress);
    return address !== null && networks.some((network) => isInNetwork(address, network));
  };
}
