import { X509Certificate } from 'node:crypto';
import { type Logger, systemClock } from '@windhover/core';
import type { Staple, Stapler } from '@windhover/transport';

/** A stapler whose code is loaded for certificates that name an OCSP responder, and for no others. */
export function lazyStapler(log: Logger): Stapler {
  const parts: Promise<Stapler>[] = [];
  const load = async (): Promise<Stapler> => {
    const { createStapler } = await import('@windhover/certificates');
    return createStapler({ log, clock: systemClock });
  };
  return {
    staple(chain): Staple | null {
      const [leaf] = chain;
      if (leaf === undefined || !/^OCSP - URI:/m.test(new X509Certificate(leaf).infoAccess ?? '')) return null;
      let kept: Staple | null = null;
      parts[0] ??= load();
      parts[0]
        .then((stapler) => (kept = stapler.staple(chain)))
        .catch((error: unknown) => log.error('OCSP answers cannot be asked for', { error }));
      return { current: () => kept?.current() ?? null };
    },
  };
}
