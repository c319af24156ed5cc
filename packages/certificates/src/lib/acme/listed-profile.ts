import { isRecord, listNames } from '@windhover/options';
import { certificateError } from '../errors.ts';

/**
 * The profile, if the authority lists it in its directory; only those may be asked for (draft-ietf-acme-profiles). Some authorities ignore a name
 * that they do not know, and the certificate would be another than the one wanted.
 */
export function listedProfile(profile: string, directory: Readonly<Record<string, unknown>>): string {
  const { meta } = directory;
  const profiles = isRecord(meta) ? meta['profiles'] : undefined;
  const names = isRecord(profiles) ? Object.keys(profiles) : [];
  if (names.includes(profile)) return profile;
  const fault =
    names.length === 0
      ? `it has no profiles, so leave \`profile\` away, which is "${profile}"`
      : `expected a profile that it has (${listNames(names)}), found "${profile}"`;
  throw certificateError('CERTIFICATES_ACME_REFUSED', fault);
}
