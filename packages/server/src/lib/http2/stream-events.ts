import type { Http2Error, Http2Events, Http2Stream } from '@windhover/http2-codec';
import { serverError } from '../errors.ts';
import type { Http2Exchange } from './http2-exchange.ts';
import type { Http2ServerConnection } from './http2-server-connection.ts';

/** Passes the events of a codec on to the connection, and those of a stream to its exchange. */
export class StreamEvents implements Http2Events {
  private readonly connection: Http2ServerConnection;

  constructor(connection: Http2ServerConnection) {
    this.connection = connection;
  }

  head(stream: Http2Stream, isEnd: boolean): void {
    this.connection.requestBegun(stream, isEnd);
  }

  data(stream: Http2Stream, bytes: Uint8Array): void {
    exchangeOf(stream)?.bodyArrived(bytes);
  }

  end(stream: Http2Stream, trailers: readonly string[] | null): void {
    exchangeOf(stream)?.requestEnded(trailers);
  }

  reset(stream: Http2Stream, error: Http2Error): void {
    if (!error.isPeers) this.connection.report(0, error.code, error.message);
    const reason = serverError('SERVER_CLIENT_CLOSED', error.message, error);
    exchangeOf(stream)?.streamGone({ end: 'client-closed', error: reason, unsentBytes: 0 });
  }

  writable(stream: Http2Stream): void {
    exchangeOf(stream)?.writable();
  }

  refused(error: Http2Error): void {
    this.connection.report(0, error.code, error.message);
  }

  failed(error: Http2Error): void {
    this.connection.codecFailed(error);
  }

  goneAway(): void {
    this.connection.clientLeaves();
  }

  pong(): void {
    this.connection.leaveNow();
  }

  settingsChanged(): void {
    // The codec obeys them; nothing here depends on them.
  }

  hasOutput(): void {
    this.connection.hasOutput();
  }

  output(bytes: Uint8Array): boolean {
    return this.connection.output(bytes);
  }
}

function exchangeOf(stream: Http2Stream): Http2Exchange | null {
  return stream.owner as Http2Exchange | null;
}
