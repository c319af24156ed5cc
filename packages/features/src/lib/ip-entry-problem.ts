import { ipEntryFault } from '@windhover/ip-filter';

/** What is wrong with an entry that is a text, and how it was probably meant; `null` if it can be used. */
export function ipEntryProblem(text: string): string | null {
  const fault = ipEntryFault(text);
  if (fault === null) return null;
  const found = `${fault}, found ${JSON.stringify(text)}`;
  const meant = meantBy(text, fault);
  return meant === null ? found : `${found}: ${meant}`;
}

function meantBy(text: string, fault: string): string | null {
  const start = /begins at (\S+)$/.exec(fault)?.[1];
  if (start !== undefined) {
    const [address, bits] = text.split('/');
    return `write ${start}/${bits} for the network, or ${address} for the address`;
  }
  if (/^(?:all|any|everyone|everybody|\*)$/i.test(text))
    return 'everybody is [0.0.0.0/0, "::/0"], and `unlisted` decides about the others';
  if (/^localhost$/i.test(text)) return 'this machine is loopback';
  if (/^https?:\/\//i.test(text)) return `a list of a URL is written { url: ${JSON.stringify(text)} }`;
  if (isFileName(text)) return `a list in a file is written { file: ${text} }`;
  if (/^(?:\*\.)?(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*\.?$/i.test(text))
    return `a domain is written { domain: ${JSON.stringify(text)} }`;
  return null;
}

/** Paths, and names that end as files with lists do. A network has a slash too, but begins as an address does. */
function isFileName(text: string): boolean {
  if (/\.(?:txt|list|lst|csv|conf|dat|netset|ipset|zone|ya?ml|json)$/i.test(text)) return true;
  return /^\.{0,2}\/|^~|\\/.test(text) || (text.includes('/') && !/^[0-9a-f:.]+\//i.test(text));
}
