import { adminError } from '@windhover/admin';
import { editFile } from '../edit-file.ts';
import { forgetEdit, keepEdit, pendingText } from '../pending-edit.ts';

/**
 * Writes a new text, and keeps the one of before beside it until the server has taken the new one, or has put that one back. Throws
 * `ADMIN_CONFIG_CHANGED` if the file does not say `before`.
 */
export function replaceConfig(file: string, written: string, before: string): void {
  const isPutBack = pendingText(file) === written;
  if (!isPutBack) keepEdit(file, before, written);
  try {
    editFile(file, (present) => {
      if (present !== before) throw adminError('ADMIN_CONFIG_CHANGED', 'read it again');
      return written;
    });
  } catch (error) {
    forgetEdit(file);
    throw error;
  }
  if (isPutBack) forgetEdit(file);
}
