/** Windows takes these names for devices in any folder, whatever extension follows. */
const devicePattern = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)/i;

/** Windows may take such a name for the short form of a longer one: `GIT~1` for `.git`. */
const shortNamePattern = /~[0-9]/;

/**
 * Whether a decoded path segment is plainly the name of one folder entry: no separator (`/`, `\`), no drive or
 * alternate stream (`:`), no NUL, no dot segment, no Windows device, and nothing that Windows trims (trailing dots and
 * spaces). The rules of Windows apply everywhere, so that a folder serves the same files on every system; only short
 * names are checked just on Windows.
 */
export function isSafeName(name: string, isWindows: boolean = process.platform === 'win32'): boolean {
  if (name === '' || /[/\\:\0]/.test(name) || /[. ]$/.test(name)) return false;
  return !devicePattern.test(name) && !(isWindows && shortNamePattern.test(name));
}
