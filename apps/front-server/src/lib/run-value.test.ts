// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written like that
import { describe, expect, it } from 'vitest';
import { inspectConfig } from './inspect-config.ts';
import { configText } from './run-value.ts';

describe('configText()', () => {
  it('keeps a text that looks like a reference', async () => {
    const routes = [{ path: '/', respond: { body: 'a ${HOME} b $${c}' } }];
    const text = configText({ sites: { a: { routes } } });
    const value = await inspectConfig({ file: 'test', text }, (loaded) =>
      loaded.ok ? loaded.written.value : loaded.problems,
    );
    expect(value).toEqual({ sites: { a: { routes } } });
  });
});
