import { describe, expect, it } from 'vitest';
import type { PreparedFrontConfig } from './front-server.ts';
import { PendingConfigs } from './pending-configs.ts';

function configuration() {
  const decisions: string[] = [];
  const prepared: PreparedFrontConfig = {
    ok: true,
    commit: () => void decisions.push('commit'),
    abandon: async () => void decisions.push('abandon'),
  };
  let finish = (): void => undefined;
  const preparing = new Promise<PreparedFrontConfig>((resolve) => {
    finish = () => resolve(prepared);
  });
  return { decisions, preparing, finish };
}

describe('PendingConfigs', () => {
  it('lets go of a configuration that the supervisor gave up while it was being prepared', async () => {
    const pending = new PendingConfigs();
    const { decisions, preparing, finish } = configuration();
    const prepared = pending.prepare(2, preparing);
    const abandoned = pending.abandon(2);
    finish();
    await Promise.all([prepared, abandoned]);
    expect(decisions).toEqual(['abandon']);
    await expect(pending.commit(2)).rejects.toThrow('Configuration 2 is not prepared');
  });

  it('decides on two configurations independently', async () => {
    const pending = new PendingConfigs();
    const first = configuration();
    const second = configuration();
    const both = [pending.prepare(2, first.preparing), pending.prepare(3, second.preparing)];
    first.finish();
    second.finish();
    await Promise.all(both);
    await pending.commit(2);
    await pending.abandonAll();
    expect([first.decisions, second.decisions]).toEqual([['commit'], ['abandon']]);
  });
});
