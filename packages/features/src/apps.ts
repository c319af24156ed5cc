export { readApps } from './lib/app-definition.ts';
