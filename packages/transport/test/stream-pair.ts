import type { Connection } from '@windhover/core';
import { createMemoryPair, StreamTunnel, type TunnelStream } from '../src/index.ts';

const resets = { close: 1, cut: 2 };

/** Two tunnels that are the ends of one stream, with a window for each direction. */
export async function createStreamPair(): Promise<[Connection, Connection]> {
  const [{ info }] = createMemoryPair();
  const ends = [new FakeStream(), new FakeStream()] as const;
  ends[0].peer = ends[1];
  ends[1].peer = ends[0];
  for (const end of ends) end.tunnel = new StreamTunnel(end, info, resets);
  return [ends[0].tunnel, ends[1].tunnel];
}

/** One end: what it sends arrives in a later turn, in order. */
class FakeStream implements TunnelStream {
  peer!: FakeStream;
  tunnel!: StreamTunnel;
  private window = 65_535;
  private isWaiting = false;
  private isOver = false;

  write(content: Uint8Array | string, isEnd: boolean): number {
    if (this.isOver) return 0;
    const bytes = Buffer.from(content as Uint8Array).subarray(0, this.window);
    this.window -= bytes.length;
    const isAll = bytes.length === content.length;
    this.isWaiting ||= !isAll;
    this.later(({ tunnel }) => {
      if (bytes.length > 0) tunnel.arrived(bytes);
      if (isEnd && isAll) tunnel.peerEnded();
    });
    return bytes.length;
  }

  credit(bytes: number): void {
    this.later((peer) => {
      peer.window += bytes;
      if (!peer.isWaiting) return;
      peer.isWaiting = false;
      peer.tunnel.writable();
    });
  }

  reset(code: number): void {
    const error = Object.assign(new Error('the stream was reset'), code === resets.cut ? { code: 'ECONNRESET' } : {});
    this.later((peer) => {
      peer.isOver = true;
      peer.tunnel.gone(error);
    });
    this.isOver = true;
  }

  private later(act: (peer: FakeStream) => void): void {
    setImmediate(() => {
      if (!this.peer.isOver) act(this.peer);
    });
  }
}
