import type { LineSink, LocalLogSinks } from '@windhover/access-log';
import type { WorkerHandle } from '@windhover/supervisor';
import type { LogTarget } from './worker-questions.ts';

/** The logs that workers write to, each through the one writer of its file. */
export class LogWriters {
  private readonly sinks: LocalLogSinks;
  private readonly open = new Map<WorkerHandle, Map<string, LineSink>>();

  constructor(sinks: LocalLogSinks) {
    this.sinks = sinks;
  }

  openFor(worker: WorkerHandle, log: string, target: LogTarget): void {
    const sink = 'file' in target ? this.sinks.file(target.file, target.options) : this.sinks.syslog(target.syslog);
    const logs = this.open.get(worker);
    if (logs !== undefined) {
      logs.set(log, sink);
      return;
    }
    this.open.set(worker, new Map([[log, sink]]));
    void worker.exited.then(() => this.closeAll(worker));
  }

  write(worker: WorkerHandle, log: string, text: string): void {
    this.open.get(worker)?.get(log)?.write(text);
  }

  /** Rejects if the log cannot be written now. */
  async flush(worker: WorkerHandle, log: string): Promise<void> {
    await this.open.get(worker)?.get(log)?.flush();
  }

  async close(worker: WorkerHandle, log: string): Promise<void> {
    const logs = this.open.get(worker);
    const sink = logs?.get(log);
    logs?.delete(log);
    await sink?.close();
  }

  private async closeAll(worker: WorkerHandle): Promise<void> {
    const logs = this.open.get(worker) ?? new Map<string, LineSink>();
    this.open.delete(worker);
    for (const sink of logs.values()) await sink.close();
  }
}
