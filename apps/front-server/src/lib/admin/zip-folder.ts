import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Zip, ZipDeflate } from 'fflate';

/** Packs the files of a folder into a ZIP file, and returns its name. Links are refused: what they lead to may not be meant. */
export async function zipFolder(folder: string, zipFile: string): Promise<string> {
  const descriptor = openSync(zipFile, 'wx', 0o600);
  try {
    const failed: Error[] = [];
    const zip = new Zip((error, chunk) => {
      if (error === null) writeSync(descriptor, chunk);
      else failed.push(error);
    });
    for (const path of await filesBelow(folder)) {
      const entry = new ZipDeflate(relative(folder, path).split(sep).join('/'), { level: 6 });
      zip.add(entry);
      for await (const chunk of createReadStream(path)) entry.push(chunk as Uint8Array);
      entry.push(new Uint8Array(0), true);
    }
    zip.end();
    if (failed[0] !== undefined) throw failed[0];
    return zipFile;
  } finally {
    closeSync(descriptor);
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const links = entries.filter((entry) => !entry.isFile() && !entry.isDirectory());
  if (links[0] !== undefined)
    throw new Error(
      `${join(links[0].parentPath, links[0].name)} is ${links[0].isSymbolicLink() ? 'a link' : 'a special file'}: a deployment has only files and folders`,
    );
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  if (files.length === 0) throw new Error(`${folder} has no files`);
  return files;
}
