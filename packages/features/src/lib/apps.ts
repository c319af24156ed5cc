import { resolve } from 'node:path';
import { type AppDefinition, type AppSnapshot, AppView, findUser, type SplashPage } from '@windhover/app-pool';
import { OptionsError } from '@windhover/config';
import type { ResourceFeature, ResourceKind, Services } from '@windhover/core/feature';
import { createUpstreams, type Upstreams } from '@windhover/proxy';
import { appName, toAppDefinition } from './app-definition.ts';
import { appSchema, type WrittenApp } from './app-schema.ts';
import { folderProblem } from './folder-problem.ts';
import { readSplash } from './read-splash.ts';

/** An application that routes pass requests to. */
export interface App {
  readonly definition: AppDefinition;
  readonly upstreams: Upstreams;
  readonly view: AppView;
  readonly queue: number;
  readonly splash: SplashPage | null;
}

/** The kind of `apps`. */
export const appKind: ResourceKind<App> = { key: 'apps', noun: 'an application' };

/** `apps`: applications in processes of their own. */
export const appsResource: ResourceFeature<WrittenApp, App> = {
  kind: appKind,
  maker: null,
  schema: appSchema,
  create(name, written, services) {
    const { directory } = services.location;
    if (name === null || !appName.test(name))
      throw refuse([], 'expected a name of letters, digits, `.`, `_` and `-` under the key `apps`');
    const definition = toAppDefinition(name, written, directory);
    check(definition);
    const splash = written.splash === undefined ? null : readSplash(resolve(directory, written.splash), ['splash']);
    // What is known of its instances outlives a reload, a changed one too: those that drain are still counted.
    const opened = services.lease(
      'apps',
      name,
      () => openApp(name, services),
      (leased) => leased.close(),
    );
    const value: App = { definition, queue: written.queue ?? 1000, splash, ...opened };
    return {
      value,
      prepare: () => opened.open(),
      commit: () => services.bus.publish('defined', definition),
    };
  },
};

function check({ command, cwd, env, listen, user, group }: AppDefinition): void {
  if (process.platform === 'win32')
    throw refuse([], 'expected a system with process groups: applications do not run on Windows yet');
  const problem = folderProblem(cwd);
  if (problem !== null) throw refuse(['cwd'], problem);
  const other = listen === 'port' ? '{socket}' : '{port}';
  if (command.some((part) => part.includes(other)))
    throw refuse(['command'], `expected no \`${other}\` beside \`listen: ${listen}\``);
  for (const [key, value] of Object.entries(env))
    if (value.includes(other)) throw refuse(['env', key], `expected no \`${other}\` beside \`listen: ${listen}\``);
  if (user === null && group === null) return;
  const key = user === null ? 'group' : 'user';
  if (process.getuid?.() !== 0)
    throw refuse([key], `expected the server to run as root, which alone may start processes of others`);
  const found = findUser(user, group);
  if (typeof found === 'string') throw refuse([key], found);
}

function openApp(name: string, { bus, clock }: Services) {
  // Its servers come from the owner of the processes; `discover` only allows that there are none at first.
  const upstreams = createUpstreams([], { name, clock, balance: 'least-requests', restMs: 1000, discover: nowhere });
  const view = new AppView(name, {
    clock,
    tell: (use) => bus.publish('use', use),
    targets: {
      set(addresses, draining) {
        upstreams.setServers(addresses);
        for (const address of draining) upstreams.drain(address);
      },
      load: (address) => upstreams.load(address),
    },
  });
  let leave: (() => void) | null = null;
  return {
    upstreams,
    view,
    open(): void {
      if (leave !== null) return;
      leave = bus.subscribe('state', (message) => view.hear(message as AppSnapshot));
      view.open();
    },
    close(): void {
      if (leave !== null) view.close();
      leave?.();
      upstreams.close();
    },
  };
}

const nowhere = { look: () => new Promise<never>(() => undefined) };

function refuse(path: readonly string[], message: string): OptionsError {
  return new OptionsError([{ path: [...path], message }]);
}
