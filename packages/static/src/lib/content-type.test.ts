import { describe, expect, it } from 'vitest';
import { contentType } from './content-type.ts';

const types = new Map([['glb', 'model/gltf-binary']]);

describe('contentType()', () => {
  it.each([
    ['a.html', 'text/html; charset=utf-8'],
    ['A.HTML', 'text/html; charset=utf-8'],
    ['a.css', 'text/css; charset=utf-8'],
    ['a.mjs', 'text/javascript; charset=utf-8'],
    ['a.min.js', 'text/javascript; charset=utf-8'],
    ['a.json', 'application/json'],
    ['a.svg', 'image/svg+xml'],
    ['a.png', 'image/png'],
    ['a.woff2', 'font/woff2'],
    ['a.wasm', 'application/wasm'],
    ['a.glb', 'model/gltf-binary'],
    ['favicon.ico', 'image/vnd.microsoft.icon'],
    ['live.m3u8', 'application/vnd.apple.mpegurl'],
    ['part.ts', 'video/mp2t'],
    ['a.eot', 'application/vnd.ms-fontobject'],
    ['a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['a.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ['a.odt', 'application/vnd.oasis.opendocument.text'],
    ['a.flac', 'audio/x-flac'],
    ['a.webmanifest', 'application/manifest+json'],
    ['a.avif', 'image/avif'],
    ['a.mkv', 'video/x-matroska'],
    ['a.7z', 'application/x-7z-compressed'],
    ['a.apk', 'application/vnd.android.package-archive'],
    ['.well.html', 'text/html; charset=utf-8'],
  ])('%s is %s', (name, type) => {
    expect(contentType(name, types)).toBe(type);
  });

  it.each(['html', 'a', 'a.', '.html', 'a.unknown', 'a.constructor', 'a.__proto__', 'a.toString', 'a.js~'])(
    'does not guess what %s is',
    (name) => {
      expect(contentType(name, types)).toBe('application/octet-stream');
    },
  );
});
