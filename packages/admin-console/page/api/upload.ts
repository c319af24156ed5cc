import { ApiError, toApiError } from '../lib/api-error.ts';
import { apiRoot, csrfField, readJson } from './client.ts';
import { sessionEnded } from './session.ts';

/** Sends a file, and tells how far it is: `fetch` cannot. */
export function upload(path: string, file: File, onProgress: (share: number) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `${apiRoot}${path}`);
    request.setRequestHeader('Content-Type', 'application/zip');
    for (const [name, value] of Object.entries(csrfField())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onerror = () => reject(new ApiError(0, '', 'The upload was cut off'));
    request.onload = () => {
      const body = readJson(request.responseText);
      if (request.status >= 200 && request.status < 300) return resolve(body);
      if (request.status === 401) sessionEnded();
      reject(toApiError(request.status, body));
    };
    request.send(file);
  });
}
