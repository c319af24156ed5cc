import type { ManagedThing } from '@windhover/core/feature';
import type { Adjustment, Upstreams } from '@windhover/proxy';

/** What administrators have changed of servers, and how these were written: another list is meant as it is written. */
interface Saved {
  readonly written: string;
  readonly adjustments: Readonly<Record<string, Adjustment>>;
}

/** Lets administrators see the servers of a group, drain them and change their weights. */
export function managedUpstreams(
  name: string,
  upstreams: Upstreams,
  { balance, written }: { readonly balance: string; readonly written: string },
): ManagedThing {
  return {
    kind: 'upstream',
    name,
    read: () => ({
      balance,
      counts: { waiting: upstreams.waiting },
      servers: upstreams.summary.map(({ latencyMs, failure, active, total, errors, failures, ...same }) => ({
        ...same,
        latency: latencyMs,
        lastFailure: failure,
        counts: { active, total, errors, failures },
      })),
    }),
    actions: {
      drain: (args) => adjust(upstreams, args, { drain: true }),
      undrain: (args) => adjust(upstreams, args, { drain: false }),
      weight: (args) => adjust(upstreams, args, { weight: weightOf(args) }),
    },
    saved: (): Saved | null =>
      upstreams.adjustments.size === 0 ? null : { written, adjustments: Object.fromEntries(upstreams.adjustments) },
    restore(saved) {
      const { written: before, adjustments } = saved as Saved;
      if (before !== written) return;
      for (const [address, adjustment] of Object.entries(adjustments)) upstreams.adjust(address, adjustment);
    },
  };
}

function adjust(upstreams: Upstreams, { address }: Readonly<Record<string, unknown>>, adjustment: Adjustment): null {
  if (typeof address === 'string' && upstreams.adjust(address, adjustment)) return null;
  throw new Error(
    `address: expected one of ${upstreams.addresses.join(', ')}, found ${JSON.stringify(address) ?? 'none'}`,
  );
}

function weightOf({ weight }: Readonly<Record<string, unknown>>): number {
  if (typeof weight === 'number' && weight > 0 && weight <= 1_000_000) return weight;
  throw new Error(`weight: expected a number above 0 and up to 1000000, found ${JSON.stringify(weight) ?? 'none'}`);
}
