/** A record whose writes are taken back. */
export interface UndoneRecord {
  /** The go-lives that are undone. */
  runIds: readonly string[];
  provider: string;
  linkId: string;
  cause: string;
  /** The owner of the lease: the same for every attempt of one activity. */
  owner: string;
}
