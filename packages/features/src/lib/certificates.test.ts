import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { certificatesFeature, certificatesOf } from './certificates.ts';
import { configOf } from './feature-fixtures.ts';

const site = 'sites: { a: { routes: [{ path: /, respond: x }] } }\n';
const load = (text: string) => configOf(`${text}${site}`, createManualClock(), [certificatesFeature]);

describe('certificates', () => {
  it.each<[string, string, string | null]>([
    ['acme: true', 'shop.example.com', null],
    ['acme: ops@example.com', 'shop.example.com', null],
    ['acme: true', '*.example.com', 'a wildcard needs the challenge dns-01'],
    ['acme: { dns: { url: "http://127.0.0.1:1" } }', '*.example.com', null],
    ['acme: true', 'printer.internal', 'a name outside the public DNS, for a local authority (`local: true`)'],
    ['acme: { directory: "https://ca.internal/dir" }', 'printer.internal', null],
    ['acme: true, local: true', 'printer.internal', null],
    ['acme: true', 'localhost', 'a name of this machine only, for a local authority (`local: true`)'],
    ['local: true', 'shop.example.com', null],
    ['folder: .', 'shop.example.com', 'there is neither `acme` nor `local`'],
  ])('{ %s } says whether it can get one for %s', async (options, name, reason) => {
    const service = certificatesOf((await load(`certificates: { ${options} }\n`)).features)!;
    if (reason === null) expect(service.refusal(name)).toBeNull();
    else expect(service.refusal(name)).toContain(reason);
  });

  it('takes its store at either place, and only one', async () => {
    const stores = 'stores: { shared: { redis: redis://127.0.0.1:1 }, other: { redis: redis://127.0.0.1:2 } }\n';
    const at = await load(`${stores}certificates: { acme: { email: ops@example.com, store: shared } }\n`);
    expect(certificatesOf(at.features)!.isShared).toBe(true);
    const both = load(`${stores}certificates: { store: other, acme: { store: shared } }\n`);
    await expect(both).rejects.toThrow('Expected one store for all certificates, found several');
    await expect(load('certificates: { store: shard }\n')).rejects.toThrow(/shard/);
  });

  it.each([
    ['acme: { challenge: dns-01 }', 'Expected the key `dns` beside `challenge: dns-01`'],
    ['acme: { ca: ./missing.pem }', 'Expected a file that this process may read'],
    ['acme: { email: nobody }', 'Expected an address such as'],
    ['acme: { dns: {} }', 'Expected one of `command` and `url`'],
    ['folder: ./missing', 'missing'],
    ['onDemand: yes', 'Expected an address such as'],
  ])('refuses { %s }', async (options, message) => {
    await expect(load(`certificates: { ${options} }\n`)).rejects.toThrow(message);
  });
});
