// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written like that
import { describe, expect, it } from 'vitest';
import { inspectConfig } from './inspect-config.ts';
import { configText, withLocalHttps } from './run-value.ts';

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

describe('withLocalHttps()', () => {
  it.each(['127.0.0.1:8080', '*:80', '[::1]:8080', 'unix:/run/a.sock'])(
    'makes a valid configuration for %s',
    async (listen) => {
      const value = { sites: { a: { routes: [{ path: '/', respond: 'x' }] } } };
      const text = configText(withLocalHttps(value, listen));
      const seen = await inspectConfig({ file: 'test', text }, (loaded) =>
        loaded.ok
          ? [loaded.config.listeners.length, loaded.config.defaultSite, loaded.config.sites[0]!.hosts]
          : loaded.problems,
      );
      expect(seen).toEqual([1, 'a', ['localhost']]);
    },
  );
});
