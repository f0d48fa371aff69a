import type { RecordPatch } from '#domain/contact.ts';
import { Directory } from '#providers/calltools/directory.ts';
import type { MembershipNames } from '#providers/calltools/mapping.ts';
import type { CallToolsContact } from '#providers/calltools/schema.ts';
import { type CallToolsAccount, vendor } from '#providers/calltools/settings.ts';
import { AuthenticationError, InvalidRequestError } from '#providers/errors.ts';
import type { Send } from '#providers/http.ts';
import type { CallOptions } from '#providers/provider.ts';

/** Keys of a write's body. They add and remove single entries; `tags` and `buckets` would overwrite agents' concurrent changes. */
export interface MembershipChanges {
  add_tags?: number[];
  remove_tags?: number[];
  add_buckets?: number[];
  remove_buckets?: number[];
}

/** Translates between names and ids of an account's tags and buckets. */
export class Memberships {
  readonly #account: CallToolsAccount;
  readonly #lists: readonly string[];
  readonly #tags: Directory;
  readonly #buckets: Directory;

  constructor(send: Send, account: CallToolsAccount, lists: readonly string[]) {
    this.#account = account;
    this.#lists = lists;
    this.#tags = new Directory({ send, path: '/alltags/', kind: 'tags' });
    this.#buckets = new Directory({ send, path: '/buckets/', kind: 'buckets', pinnedIds: lists.filter(isNumber) });
  }

  /** Returns the names of a contact's tags and buckets. */
  async findNames({ tags, buckets }: CallToolsContact, call?: CallOptions): Promise<MembershipNames> {
    return {
      tags: tags && (await this.#tags.findNames(tags, call)),
      lists: buckets && (await this.#buckets.findNames(buckets, call)),
    };
  }

  /** The buckets of audiences that do not exist and that Accord may not create. An id in place of a name is not checked. */
  async findMissingLists(call?: CallOptions): Promise<string[]> {
    if (this.#account.createBuckets) return [];
    const missing: string[] = [];
    for (const name of this.#lists) if ((await this.#buckets.findId(name, call)) === null) missing.push(name);
    return missing;
  }

  /** Translates a patch to ids and creates missing tags and buckets where allowed. Skips removals of names that do not exist. */
  async resolve(patch: RecordPatch, call?: CallOptions): Promise<MembershipChanges> {
    return withoutEmpty({
      add_tags: await resolveAll(patch.addTags, (name) => this.#getTag(name, call)),
      remove_tags: await resolveAll(patch.removeTags, (name) => this.#tags.findId(name, call)),
      add_buckets: await resolveAll(patch.addLists, (name) => this.#getBucket(name, call)),
      remove_buckets: await resolveAll(patch.removeLists, (name) => this.#buckets.findId(name, call)),
    });
  }

  /** Invalidates the caches when a write is refused: a tag or bucket may have been deleted and recreated under its name. */
  async forgetOnRefusal<Result>(write: Promise<Result>): Promise<Result> {
    try {
      return await write;
    } catch (error) {
      if (error instanceof InvalidRequestError) {
        this.#tags.forget();
        this.#buckets.forget();
      }
      throw error;
    }
  }

  async #getTag(name: string, call?: CallOptions): Promise<string> {
    return getOrCreate(this.#tags, { kind: 'tag', name, mayCreate: this.#account.createTags }, call);
  }

  async #getBucket(name: string, call?: CallOptions): Promise<string> {
    return getOrCreate(this.#buckets, { kind: 'bucket', name, mayCreate: this.#account.createBuckets }, call);
  }
}

async function resolveAll(names: readonly string[], findId: (name: string) => Promise<string | null>): Promise<number[]> {
  const ids: number[] = [];
  for (const name of names) {
    const id = await findId(name);
    if (id !== null) ids.push(Number(id));
  }
  return ids;
}

interface Wanted {
  kind: 'tag' | 'bucket';
  name: string;
  mayCreate: boolean;
}

async function getOrCreate(directory: Directory, wanted: Wanted, call?: CallOptions): Promise<string> {
  const found = await directory.findId(wanted.name, call);
  if (found !== null) return found;
  if (!wanted.mayCreate) throw toMissing(wanted);
  return directory.create(wanted.name, call).catch((error: unknown) => {
    throw isForbidden(error) ? toMissing(wanted) : error;
  });
}

function isNumber(list: string): boolean {
  return /^\d+$/.test(list);
}

function toMissing({ kind, name }: Wanted): InvalidRequestError {
  const message = `CallTools has no ${kind} named "${name}": create a ${kind} named "${name}" in CallTools, then retry.`;
  return new InvalidRequestError({ provider: vendor.id, operation: `find ${kind}`, message, remedy: null });
}

/** An API key has the permissions of its user: one that can write contacts may be unable to create buckets (CallTools docs). */
function isForbidden(error: unknown): boolean {
  return error instanceof AuthenticationError && error.status === 403;
}

function withoutEmpty(changes: Required<MembershipChanges>): MembershipChanges {
  return Object.fromEntries(Object.entries(changes).filter(([, ids]) => ids.length > 0));
}
