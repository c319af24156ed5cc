export { type AdminSection, readAdmin } from './lib/admin-section.ts';
