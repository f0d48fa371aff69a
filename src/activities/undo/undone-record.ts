import type { Link } from '#db/contacts/links.ts';

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

/** Whether an attempt to remove the record has begun, and its end is not stored. */
export const hasRemovalBegun = ({ state, removed_at }: Pick<Link, 'state' | 'removed_at'>): boolean =>
  state === 'detached' && removed_at !== null;
