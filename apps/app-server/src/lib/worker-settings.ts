/** Settings about worker processes, and what each of them means. */
export const workerSettings: Readonly<Record<string, string>> = {
  readyTimeout: 'it says how long a worker may take to start',
  pingInterval: 'it says how often a worker is asked whether it hangs',
  pingTimeout: 'it says when a worker hangs',
  balance: 'it is about the connections of several workers',
  control: 'without them there is no supervisor to ask',
};
