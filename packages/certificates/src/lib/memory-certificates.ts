import type { CertificateStore } from './certificate-store.ts';

/** Creates a store for tests, and for programs that may order again after each start. */
export function createMemoryCertificates(): CertificateStore {
  const texts = new Map<string, string>();
  return {
    async get(name) {
      return texts.get(name) ?? null;
    },
    async set(name, text) {
      texts.set(name, text);
    },
    async delete(name) {
      texts.delete(name);
    },
  };
}
