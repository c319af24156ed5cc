import { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { missingInternals, tryOut } from './node-internals.ts';

describe('missingInternals()', () => {
  it('misses nothing on this Node', () => expect(missingInternals()).toEqual([]));

  it('names what another Node does not have', () => {
    class Other extends ServerResponse {
      constructor(request: IncomingMessage) {
        super(request);
        delete (this as unknown as Record<string, unknown>)['_trailer'];
      }
    }
    expect(tryOut(new IncomingMessage(null as never), Other as never)).toEqual(['_trailer']);
  });

  it('names the head when another Node does not go by it', () => {
    class Other extends ServerResponse {
      constructor(request: IncomingMessage) {
        super(request);
        Object.defineProperty(this, 'headersSent', { value: false });
      }
    }
    expect(tryOut(new IncomingMessage(null as never), Other as never)).toEqual(['_header']);
  });

  it('names what another Node does not call', () => {
    class Other extends ServerResponse {
      override end(): this {
        return this;
      }
    }
    expect(tryOut(new IncomingMessage(null as never), Other as never)).toEqual(['_storeHeader', '_send']);
  });
});
