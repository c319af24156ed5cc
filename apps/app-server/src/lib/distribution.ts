import { createLogSinks } from '@windhover/access-log';
import { defineDistribution } from '@windhover/config';
import { systemClock } from '@windhover/core';
import { accessLogFeature, failedTests, limitsSchema, standardFeatures, standardResources } from '@windhover/features';
import { z } from 'zod';
import type { LateLogs } from './late-logs.ts';
import { featureSettings, generalSettings } from './settings.ts';

/** Features of the front server that answer instead of an application, and one that is a setting here. */
const notHere = ['proxy', 'app', 'respond', 'http2'];

/** The parts of this server: all features around one application, and the server's settings as sections. */
export function distribution(logs: LateLogs) {
  const sinks = createLogSinks({ console: (line) => logs.writeAccess(line), log: logs.log, clock: systemClock });
  return defineDistribution({
    features: [
      accessLogFeature(sinks, { consoleFormat: () => logs.accessFormat }),
      ...standardFeatures.filter(({ name }) => !notHere.includes(name)),
    ],
    resources: standardResources.filter(({ kind }) => kind.key !== 'apps'),
    sections,
    check: failedTests,
    oneSite: true,
  });
}

const sections: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(
    Object.entries(generalSettings)
      .filter(([name]) => name !== 'config' && !featureSettings.includes(name))
      .map(([name, { kind, about }]) => [name, kind.schema.optional().describe(about)]),
  ),
  limits: z.preprocess(noneAsNull, limitsSchema()).nullish(),
};

/** Accepts `none` for a lifted limit, as on the command line. */
function noneAsNull(limits: unknown): unknown {
  if (typeof limits !== 'object' || limits === null || Array.isArray(limits)) return limits;
  return Object.fromEntries(Object.entries(limits).map(([key, value]) => [key, value === 'none' ? null : value]));
}
