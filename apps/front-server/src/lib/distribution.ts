import { createLogSinks, type LogSinks } from '@windhover/access-log';
import { defineDistribution } from '@windhover/config';
import {
  accessLogFeature,
  adminFeature,
  certificatesFeature,
  failedTests,
  ftpFeature,
  limitsSchema,
  metricsSchema,
  standardFeatures,
  standardResources,
  tlsFeature,
} from '@windhover/features';
import { certificateWarnings } from './certificate-warnings.ts';
import { clientCertificateGuard } from './client-certificate-guard.ts';
import { ftpDisagreements } from './ftp-disagreements.ts';
import { loginDisagreements } from './login-disagreements.ts';
import { meant, planned } from './planned.ts';
import { redirectWarnings } from './redirect-warnings.ts';
import { slashWarnings } from './slash-warnings.ts';
import { tlsDisagreements } from './tls-disagreements.ts';
import { oldStreamsSchema, watchSchema, workersSchema } from './workers-schema.ts';

/** Shorter than the engine's 130 s, which suits servers behind this one. */
const keepAlive = { ms: 75_000, reason: 'as in nginx: a browser comes back within it or not at all.' };

/**
 * The parts of this server. Another distribution has another list.
 *
 * @param sinks take the lines of the access logs
 */
export function distribution(sinks: LogSinks) {
  return defineDistribution({
    features: [
      certificatesFeature,
      tlsFeature,
      adminFeature,
      ftpFeature(sinks),
      accessLogFeature(sinks),
      ...standardFeatures,
    ],
    resources: standardResources,
    sections: {
      limits: limitsSchema(keepAlive).prefault({}),
      metrics: metricsSchema(),
      workers: workersSchema,
      watch: watchSchema,
      oldStreams: oldStreamsSchema,
    },
    defaults: { accessLog: 'console', errorPages: true },
    withoutSites: ['ftp'],
    around: clientCertificateGuard,
    check: (config) => [
      ...tlsDisagreements(config),
      ...loginDisagreements(config),
      ...failedTests(config),
      ...ftpDisagreements(config),
    ],
    warn: (config) => [...certificateWarnings(config), ...redirectWarnings(config), ...slashWarnings(config)],
    planned,
    meant,
  });
}

/** The same for configurations that are only looked at: nothing is ever logged. */
export function distributionWithoutLogs() {
  return distribution(createLogSinks({ console: () => undefined }));
}
