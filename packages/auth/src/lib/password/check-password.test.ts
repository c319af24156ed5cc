import { describe, expect, it } from 'vitest';
import { checkPassword } from './check-password.ts';
import { hashPassword } from './hash-password.ts';
import { passwordHashKind } from './password-hash.ts';

// Made with htpasswd 2.4 (-nbB, -nbm, -nb2, -nb5), openssl passwd, and the reference implementation of Argon2.
const hashes = [
  ['bcrypt', '$2y$10$gX2n8mB89LxupMZb/GzsQugg1DUwPx3ZD6TUJrRT3reNrsYuUcSqq'],
  ['apr1', '$apr1$3wj7806w$d96cL/icCjuYG2mPeJDns0'],
  ['apr1', '$apr1$abc$PZF73YJz5hJ9yyI.7OP.R.'],
  ['sha256', '$5$aLFxgvFkxlgcyEk.$WSmAPaPKrICtfdgEvk5AltTXUXGeGjb8vHw5e9vX3PC'],
  ['sha256', '$5$abc$qsg6EHbUzHQzF1POlD7zUwBINSELQxypPaeDcZe6vH0'],
  [
    'sha512',
    '$6$oHGmAUq2TEkmyvu7$0DEHMbmSM8LqIvNGeaP3LmTVFjSIYxwXBkyhJ9opJTA86767Nh4t5JU563hyGMUsEbeNwem2Fi0yL3ncTK7B3/',
  ],
  ['sha512', '$6$abc$IdWKNKTJEb8LxY7CGg8YBXlvtfZzFw7Mp/r6niK9YB2mdvgY..TKjv1T..8RadRt2qvUHYRLr/TsVArtr91iR1'],
] as const;

// From the specification of SHA-crypt.
const vectors = [
  ['Hello world!', '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
  ['Hello world!', '$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA'],
  [
    'Hello world!',
    '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
  ],
] as const;

describe('checkPassword()', () => {
  it.each(hashes)('takes the right password of %s %s, and no other', async (kind, hash) => {
    expect(passwordHashKind(hash)).toBe(kind);
    expect(await checkPassword('secret', hash)).toBe(true);
    expect(await checkPassword('Secret', hash)).toBe(false);
    expect(await checkPassword('', hash)).toBe(false);
  });

  it.each(['bcrypt', 'argon2id', 'sha512'] as const)('takes what hashPassword() has made: %s', async (kind) => {
    const hash = await hashPassword('pässwörd', kind);
    expect(passwordHashKind(hash)).toBe(kind);
    expect(await checkPassword('pässwörd', hash)).toBe(true);
    expect(await checkPassword('passwörd', hash)).toBe(false);
  });

  it.each([
    'secret',
    '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=',
    '$1$abc$iCQ2D3nhptRYi27fDYv2s1',
    '$2y$31$gX2n8mB89LxupMZb/GzsQugg1DUwPx3ZD6TUJrRT3reNrsYuUcSqq',
    '',
  ])('takes nothing for %j, which is no hash that it knows', async (hash) => {
    expect(passwordHashKind(hash)).toBeNull();
    expect(await checkPassword('secret', hash)).toBe(false);
  });

  it('cuts passwords off for bcrypt as htpasswd does, which hashPassword() refuses to do', async () => {
    const hash = await hashPassword('a'.repeat(72));
    expect(await checkPassword('a'.repeat(80), hash)).toBe(true);
    expect(await checkPassword('a'.repeat(71), hash)).toBe(false);
    await expect(hashPassword('a'.repeat(73))).rejects.toMatchObject({ code: 'AUTH_OPTION_INVALID' });
    await expect(hashPassword('')).rejects.toMatchObject({ code: 'AUTH_OPTION_INVALID' });
  });
});

describe('shaCrypt()', () => {
  it.each(vectors)('%s is %s', async (password, hash) => {
    expect(await checkPassword(password, hash)).toBe(true);
  });
});
