/** Jobs of several clients, taken in turn: one of each client, then the next of each. */
export class FairQueue<Job> {
  private readonly byClient = new Map<string, Job[]>();
  /** How many jobs wait. */
  size = 0;

  waitingOf(client: string): number {
    return this.byClient.get(client)?.length ?? 0;
  }

  add(client: string, job: Job): void {
    const jobs = this.byClient.get(client);
    if (jobs === undefined) this.byClient.set(client, [job]);
    else jobs.push(job);
    this.size += 1;
  }

  take(): Job | undefined {
    for (const [client, jobs] of this.byClient) {
      this.byClient.delete(client); // to the end
      const job = jobs.shift();
      if (jobs.length > 0) this.byClient.set(client, jobs);
      this.size -= 1;
      return job;
    }
    return undefined;
  }
}
