const types: Readonly<Record<string, RegExp>> = {
  css: /^text\/css$/,
  js: /^(?:text|application)\/(?:x-)?(?:javascript|ecmascript)$/,
  mjs: /^(?:text|application)\/(?:x-)?javascript$/,
  wasm: /^application\/wasm$/,
  map: /^application\/(?:[\w.-]+\+)?json$/,
};
const images = ['avif', 'bmp', 'gif', 'ico', 'jpeg', 'jpg', 'png', 'svg', 'webp'];
const fonts = ['eot', 'otf', 'ttf', 'woff', 'woff2'];
const media = ['mp3', 'mp4', 'ogg', 'webm', 'm4a', 'm4v'];

/**
 * Whether an answer is a static asset: its path has the extension of one, and its type is one that belongs to the extension. The type must agree
 * because many applications answer `/account/x.css` with the page of `/account`; whoever makes a user follow that link could read the page
 * from the cache afterwards (web cache deception).
 */
export function isAsset(path: string, contentType: string | undefined): boolean {
  const extension = /\.(\w{1,6})$/.exec(path)?.[1]?.toLowerCase();
  if (extension === undefined || contentType === undefined) return false;
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  if (images.includes(extension)) return type.startsWith('image/');
  if (fonts.includes(extension))
    return type.startsWith('font/') || /^application\/(?:x-)?(?:font|vnd\.ms-font)/.test(type);
  if (media.includes(extension)) return type.startsWith('audio/') || type.startsWith('video/');
  return types[extension]?.test(type) ?? false;
}
