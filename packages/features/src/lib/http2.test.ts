import { describe, expect, it } from 'vitest';
import { configOf } from './feature-fixtures.ts';
import { http2Of } from './http2.ts';

const sites = 'sites: { a: { routes: [{ path: /, respond: hello }] } }';

describe('http2', () => {
  it.each([
    ['', 'alpn'],
    ['http2: never', 'never'],
    ['http2: false', 'never'],
    ['listen: [{ port: 1, http2: never }]', 'never'],
    ['listen: [{ port: 1, http2: false }]', 'never'],
    ['http2: false\nlisten: [{ port: 1, http2: prior-knowledge }]', 'prior-knowledge'],
    ['http2: prior-knowledge\nlisten: [{ port: 1, http2: false }]', 'never'],
  ])('%j is %s at the listener', async (text, expected) => {
    const config = await configOf(`${text}\n${sites}`);
    expect(http2Of(config.features, config.listeners[0]!.features)).toBe(expected);
  });

  it.each(['true', 'h2'])('http2: %s is told as it was written', async (written) => {
    await expect(configOf(`http2: ${written}\n${sites}`)).rejects.toThrow(
      `Expected \`alpn\`, \`prior-knowledge\`, \`never\` or \`false\`, found ${written === 'true' ? 'true' : '"h2"'}. Did you mean \`alpn\`?`,
    );
  });
});
