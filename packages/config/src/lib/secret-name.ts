/** Whether the value of a variable with this name is probably a secret, so that it must not be shown. */
export function isSecretName(name: string): boolean {
  return /pass|secret|token|credential|private|key$/i.test(name);
}
