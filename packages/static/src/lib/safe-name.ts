/** What Windows takes for a device wherever it stands, whatever extension follows. */
const devicePattern = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)/i;

/** What Windows may take for another spelling of a longer name: `GIT~1` for `.git`. */
const shortNamePattern = /~[0-9]/;

/**
 * Whether a decoded path segment is the name of one entry of a folder, and of nothing else: no separator (`/`, `\`), no drive or
 * alternate stream (`:`), no NUL, no dot segment, no Windows device, nothing that Windows trims (trailing dots and spaces).
 * The rules of Windows hold everywhere, so that a folder serves the same wherever it is; short names only where they exist.
 */
export function isSafeName(name: string, isWindows: boolean = process.platform === 'win32'): boolean {
  if (name === '' || /[/\\:\0]/.test(name) || /[. ]$/.test(name)) return false;
  return !devicePattern.test(name) && !(isWindows && shortNamePattern.test(name));
}
