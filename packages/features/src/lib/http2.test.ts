import { expect, it } from 'vitest';
import { configOf } from './feature-fixtures.ts';

it.each(['true', 'h2'])('http2: %s is told as it was written', async (written) => {
  const text = `http2: ${written}\nsites: { a: { routes: [{ path: /, respond: hello }] } }`;
  await expect(configOf(text)).rejects.toThrow(
    `Expected \`alpn\`, \`prior-knowledge\` or \`never\`, found ${written === 'true' ? 'true' : '"h2"'}`,
  );
});
