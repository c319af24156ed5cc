/** Names that mean devices on Windows, whatever follows a dot. */
const devices = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?$/i;
const maxNameLength = 1000;
const maxPartBytes = 255;
const maxDepth = 32;

/** What makes the name of a ZIP entry unfit to be a file below a folder, on any system; `null`: nothing. */
export function nameFault(name: string): string | null {
  if (name === '' || name.length > maxNameLength) return `its length is not 1 to ${maxNameLength} characters`;
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'it is absolute';
  if (name.includes('\\')) return 'it has a backslash';
  const parts = (name.endsWith('/') ? name.slice(0, -1) : name).split('/');
  if (parts.length > maxDepth) return `it is deeper than ${maxDepth} folders`;
  for (const part of parts) {
    if (part === '..' || part === '.') return 'it leaves its folder';
    if (part === '') return 'it has an empty part';
    if (/[\x00-\x1f\x7f<>:"|?*]/.test(part)) return 'it has a character that not every system takes';
    if (/[ .]$/.test(part)) return 'a part ends in a dot or a space';
    if (devices.test(part)) return 'it is a device of Windows';
    if (Buffer.byteLength(part) > maxPartBytes) return `a part is longer than ${maxPartBytes} bytes`;
  }
  return null;
}

/** The bits of a Unix mode that say what a file is. */
const typeMask = 0o170000;
const regular = 0o100000;
const directory = 0o040000;

/** Whether an entry is a link, a device or a pipe. Entries that were made on other systems than Unix have no mode. */
export function isSpecial(externalAttributes: number, versionMadeBy: number): boolean {
  const isUnix = versionMadeBy >> 8 === 3 || versionMadeBy >> 8 === 19;
  const type = (externalAttributes >>> 16) & typeMask;
  // A program may write a mode whatever it says it runs on.
  return type !== 0 && type !== regular && type !== directory && (isUnix || type === 0o120000);
}
