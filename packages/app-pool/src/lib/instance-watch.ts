import type { Clock } from '@windhover/core';
import type { HttpClient } from '@windhover/http-client';
import type { AppDefinition } from './app-definition.ts';
import { type AppAddress, accepts, request } from './probe.ts';

/** Between two looks at an instance that starts, in milliseconds: a start should not take noticeably longer for it. */
const lookAgainMs = 50;
/** One look may take so long, in milliseconds: a program that has just opened its socket may still be busy. */
const lookMs = 5000;

/** What is needed to look at an instance. */
export interface WatchedInstance {
  readonly definition: AppDefinition;
  readonly address: AppAddress;
  readonly client: HttpClient;
  readonly clock: Clock;
  /** Resolves when the program has said that it is ready, if it is asked to; never if it ends before. */
  readonly noticed: Promise<void>;
  /** Aborts when the instance has ended. */
  readonly ended: AbortSignal;
  /** Tells that a warm-up request was not answered, or with an error. */
  readonly onWarning: (message: string) => void;
}

/** Resolves when an instance serves and is warmed up; `false` if it ended before. */
export async function untilWarm(watched: WatchedInstance): Promise<boolean> {
  const { definition, address, client, clock, ended, onWarning } = watched;
  await watched.noticed;
  while (!(await answers(watched, lookMs))) {
    if (ended.aborted) return false;
    await wait(clock, lookAgainMs, ended);
  }
  for (const path of definition.warmUp) {
    if (ended.aborted) return false;
    // The startup limit bounds it: the process is killed then.
    const { startupMs } = definition.settings;
    const outcome = await request(client, address, path, { host: definition.host, timeoutMs: startupMs });
    if (typeof outcome === 'string' || outcome >= 500) onWarning(`The warm-up of ${path} failed: ${outcome}`);
  }
  return !ended.aborted;
}

/** Asks again and again; resolves when an instance has not answered for `ping.timeoutMs`, with `false` when it has ended. */
export async function untilSilent(watched: WatchedInstance): Promise<boolean> {
  const { definition, clock, ended } = watched;
  if (definition.ping === null) return false;
  const { everyMs, timeoutMs } = definition.ping;
  while (!ended.aborted) {
    await wait(clock, everyMs, ended);
    const until = clock.now() + timeoutMs;
    let leftMs = timeoutMs;
    while (!ended.aborted && !(await answers(watched, leftMs))) {
      leftMs = until - clock.now();
      if (leftMs <= 0) return !ended.aborted;
      await wait(clock, Math.min(lookAgainMs, leftMs), ended);
    }
  }
  return false;
}

async function answers({ definition, address, client }: WatchedInstance, timeoutMs: number): Promise<boolean> {
  const { path } = definition.ready;
  if (path === null) return accepts(address, timeoutMs);
  const outcome = await request(client, address, path, { host: definition.host, timeoutMs });
  return typeof outcome === 'number' && outcome < 500;
}

function wait(clock: Clock, ms: number, ended: AbortSignal): Promise<void> {
  if (ended.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      ended.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.schedule(ms, done);
    ended.addEventListener('abort', done);
  });
}
