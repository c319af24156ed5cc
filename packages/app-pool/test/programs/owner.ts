// Owns one application, and is ended by a test.
import { systemClock } from '@windhover/core';
import { type AppDefinition, AppHost, resolvePoolSettings } from '../../src/index.ts';

const tell = (message: string): void => console.log(message);
const host = new AppHost({ clock: systemClock, log: { debug: tell, info: tell, warn: tell, error: tell } });
const definition = JSON.parse(process.argv[2]!) as Omit<AppDefinition, 'settings'>;
host.define({ ...definition, settings: resolvePoolSettings() });
setInterval(() => undefined, 1000);
