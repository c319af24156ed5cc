import { diskOf, formatProblems } from '@windhover/config';
import { closeLineWriters, createConsoleLog, createLineWriter } from '@windhover/console';
import { systemClock } from '@windhover/core';
import type { SupervisedWorker } from '@windhover/supervisor/worker';
import { ticketKeysOf } from '@windhover/transport';
import { answerAdministrator } from './admin/answer-administrator.ts';
import { configProblems } from './config-problems.ts';
import { describeSites } from './describe-server.ts';
import { forwardedSinks } from './forwarded-sinks.ts';
import type { ConfigOrigin } from './front-server.ts';
import { listCertificates, revokeCertificate } from './list-certificates.ts';
import { Peer } from './peer.ts';
import { PendingConfigs } from './pending-configs.ts';
import { ProcessBus } from './process-bus.ts';
import { startFault } from './start-fault.ts';
import { startFrontServer } from './start-front-server.ts';
import { socketNames } from './supervisor-sockets.ts';
import { cannotStart, wrongConfig } from './worker-exit-codes.ts';
import type { ConfigEdition, FirstEdition, Published, QuestionToWorker } from './worker-questions.ts';

/** How long the supervisor may take to hand over the configuration, in milliseconds. */
const editionMs = 30_000;

/** How long it may take to note the last numbers of a worker, in milliseconds. */
const lastMetricsMs = 1000;

/** Serves in a worker process on the sockets of its supervisor. */
export async function serveAsWorker(worker: SupervisedWorker): Promise<void> {
  const access = createLineWriter(process.stdout);
  const log = createLineWriter(process.stderr);
  process.once('exit', () => closeLineWriters(access, log));
  const pending = new PendingConfigs();
  const supervisor = new Peer<QuestionToWorker, Published>(
    (message) => worker.send(message),
    (question) => answer(question),
    (published) => bus.hear(published),
  );
  const bus = new ProcessBus((published) => supervisor.tell(published), createConsoleLog(log.write, systemClock));
  worker.onMessage((message) => supervisor.hear(message));
  const edition = (await supervisor.ask({ kind: 'edition' }, editionMs)) as FirstEdition;
  const started = await startFrontServer({
    ...originOf(edition),
    writeAccess: access.write,
    writeLog: log.write,
    sinks: forwardedSinks(supervisor, { writeConsole: access.write, pendingBytes: () => worker.pendingBytes }),
    socketsFor: (address, kind) =>
      socketNames(address, kind).flatMap((name) => (worker.listen[name] === undefined ? [] : [worker.listen[name]])),
    servesOperations: false,
    changes: edition.changes,
    ticketKeys: ticketKeysOf(edition.tickets),
    bus,
    onSaid: (line) => supervisor.tell({ kind: 'said', line }),
  }).catch((error: unknown) => {
    const fault = startFault(error);
    if (fault === null) throw error; // a bug: show its stack
    process.stderr.write(`${fault}\n`);
    process.exit(cannotStart);
  });
  if (!started.ok) {
    process.stderr.write(formatProblems(started.problems));
    process.exit(wrongConfig);
  }
  const { server } = started;
  let isStopping = false;
  const tellServing = (number: number): void => {
    const { config } = server;
    const secure = config.listeners.filter(({ features }) => features.some(({ feature }) => feature.name === 'tls'));
    const addresses = secure.flatMap(({ address }) => socketNames(address));
    supervisor.tell({ kind: 'serving', number, sites: describeSites(config), secure: addresses });
  };
  async function answer(question: QuestionToWorker): Promise<unknown> {
    switch (question.kind) {
      case 'check':
        return configProblems(question.edition);
      case 'collect':
        return server.collect();
      case 'administer':
        return answerAdministrator(server, question.question);
      case 'certificates':
        return listCertificates(server.config, server.stapler);
      case 'revoke-certificate':
        return revokeCertificate(server.config, question.name, question.reason);
      case 'prepare': {
        await pending.prepare(question.edition.number, server.prepare(originOf(question.edition)));
        return null;
      }
      case 'commit':
        await pending.commit(question.number);
        tellServing(question.number);
        return null;
      case 'abandon':
        await pending.abandon(question.number);
        return null;
    }
  }
  const tellLastMetrics = async (): Promise<void> => {
    if (server.config.sections.metrics === null) return;
    const snapshot = await server.collect();
    await supervisor.ask({ kind: 'last-metrics', snapshot }, lastMetricsMs).catch(() => undefined); // it may be gone
  };
  worker.onStop(async ({ timeoutMs, reason, lingerMs }) => {
    if (reason === 'supervisor-gone') supervisor.close(); // its answers, for example about logs, would be waited for
    if (isStopping) return server.hurry(timeoutMs); // streams and tunnels that a reload has left
    isStopping = true;
    await pending.abandonAll();
    await server.stop({ timeoutMs, lingerMs });
    await tellLastMetrics();
    access.flush();
  });
  worker.balance(server);
  tellServing(edition.number);
  worker.ready();
}

function originOf({ file, snapshot }: ConfigEdition): ConfigOrigin {
  return { config: file, disk: diskOf(snapshot) };
}
