import { createHostServices, createSiteHandler, defineHost, formatProblems, loadConfig } from '@windhover/host';
import { createManualClock, runHandler } from '@windhover/testing';
import { expect, it } from 'vitest';
import { accessLogFeature } from './access-log.ts';

const ignore = (): void => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

async function linesOf(text: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const feature = accessLogFeature(
    (line) => void lines.push(line),
    ({ method, path }) => `${method} ${path}`,
  );
  const definition = defineHost({ features: [feature], oneSite: true });
  const services = createHostServices({ log, clock: createManualClock() });
  const loaded = await loadConfig({ file: 'app.yaml', text }, definition, services);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  await runHandler(createSiteHandler(loaded.config), '/a');
  return lines;
}

it.each(['true', 'console', '{ to: console }'])(
  'accessLog: %s writes a line in the format it was given',
  async (value) => {
    expect(await linesOf(`accessLog: ${value}`)).toEqual(['GET /a']);
  },
);

it.each(['false', 'off', '{ to: off }'])('accessLog: %s writes none', async (value) => {
  expect(await linesOf(`accessLog: ${value}`)).toEqual([]);
});
