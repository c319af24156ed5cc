import { describe, expect, it } from 'vitest';
import { composeLayers, inPhaseOrder } from './compose-layers.ts';
import type { HttpContext } from './http-context.ts';
import type { Layer } from './layer.ts';

describe('composeLayers()', () => {
  const seen: string[] = [];
  const layer = (phase: 'edge' | 'auth' | 'origin', name: string): Layer => ({
    phase,
    run: (context, next) => {
      seen.push(name);
      return next(context);
    },
  });
  const connection: Layer = { phase: 'connection', run: () => undefined };
  const layers = [
    layer('origin', 'files'),
    connection,
    layer('edge', 'log'),
    layer('auth', 'one'),
    layer('edge', 'pages'),
  ];

  it('sorts by phase and keeps the order within one, without layers on connections', () => {
    expect(inPhaseOrder(layers).map(({ phase }) => phase)).toEqual(['edge', 'edge', 'auth', 'origin']);
  });

  it('runs them around whatever comes next', () => {
    const run = composeLayers(layers);
    const context = {} as HttpContext;
    run(context, () => void seen.push('first'));
    run(context, () => void seen.push('second'));
    expect(seen.join(' ')).toBe('log pages one files first log pages one files second');
  });
});
