/** Changes TXT records of the DNS. The promises are fulfilled when every name server of the zone answers so. */
export interface DnsProvider {
  /** Adds a value; other values of the same name stay, since two orders may run at once. */
  set(record: string, value: string): Promise<void>;
  remove(record: string, value: string): Promise<void>;
}
