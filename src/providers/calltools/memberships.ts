import type { RecordPatch } from '#domain/contact.ts';
import { AuthenticationError, InvalidRequestError } from '#providers/errors.ts';
import type { Send } from '#providers/http.ts';
import type { CallOptions } from '#providers/provider.ts';
import { Directory } from './directory.ts';
import type { Memberships } from './mapping.ts';
import type { CallToolsContact } from './schema.ts';
import type { CallToolsAccount } from './settings.ts';

/** Keys of a write's body. They add and remove one by one; `tags` and `buckets` would replace what agents did meanwhile. */
export interface MembershipChanges {
  add_tags?: number[];
  remove_tags?: number[];
  add_buckets?: number[];
  remove_buckets?: number[];
}

/** Tags and buckets of an account, between their names and their ids. */
export class MembershipBook {
  readonly #account: CallToolsAccount;
  readonly #tags: Directory;
  readonly #buckets: Directory;

  constructor(send: Send, account: CallToolsAccount, lists: readonly string[]) {
    this.#account = account;
    this.#tags = new Directory({ send, path: '/alltags/', what: 'tags' });
    this.#buckets = new Directory({ send, path: '/buckets/', what: 'buckets', pinned: lists.filter(isNumber) });
  }

  async read({ tags, buckets }: CallToolsContact, call?: CallOptions): Promise<Memberships> {
    return {
      tags: tags && (await this.#tags.findNames(tags, call)),
      lists: buckets && (await this.#buckets.findNames(buckets, call)),
    };
  }

  /** What is to be left and does not exist has been left already. */
  async resolve(patch: RecordPatch, call?: CallOptions): Promise<MembershipChanges> {
    return withoutEmpty({
      add_tags: await this.#resolveAll(patch.addTags, (name) => this.#getTag(name, call)),
      remove_tags: await this.#resolveAll(patch.removeTags, (name) => this.#tags.findId(name, call)),
      add_buckets: await this.#resolveAll(patch.addLists, (name) => this.#getBucket(name, call)),
      remove_buckets: await this.#resolveAll(patch.removeLists, (name) => this.#buckets.findId(name, call)),
    });
  }

  /** After a refused write: a tag or bucket may have been deleted, and another be there by its name. */
  forget(): void {
    this.#tags.forget();
    this.#buckets.forget();
  }

  async #resolveAll(names: readonly string[], getId: (name: string) => Promise<string | null>): Promise<number[]> {
    const ids: number[] = [];
    for (const name of names) {
      const id = await getId(name);
      if (id !== null) ids.push(Number(id));
    }
    return ids;
  }

  async #getTag(name: string, call?: CallOptions): Promise<string> {
    const found = await this.#tags.findId(name, call);
    if (found !== null) return found;
    if (!this.#account.createTags) throw missing('tag', name);
    return this.#tags.create(name, call).catch((error) => {
      throw isForbidden(error) ? missing('tag', name) : error;
    });
  }

  async #getBucket(name: string, call?: CallOptions): Promise<string> {
    const found = await this.#buckets.findId(name, call);
    if (found !== null) return found;
    if (!this.#account.createBuckets) throw missing('bucket', name);
    return this.#buckets.create(name, call).catch((error) => {
      throw isForbidden(error) ? missing('bucket', name) : error;
    });
  }
}

function isNumber(list: string): boolean {
  return /^\d+$/.test(list);
}

function missing(what: 'tag' | 'bucket', name: string): InvalidRequestError {
  const message = `CallTools has no ${what} named "${name}": create a ${what} named "${name}" in CallTools, then retry.`;
  return new InvalidRequestError({ provider: 'calltools', operation: `find ${what}`, message });
}

/** Keys inherit the rights of their user: one that may write contacts need not be allowed to create buckets (CallTools docs). */
function isForbidden(error: unknown): boolean {
  return error instanceof AuthenticationError && error.status === 403;
}

function withoutEmpty(changes: Required<MembershipChanges>): MembershipChanges {
  return Object.fromEntries(Object.entries(changes).filter(([, ids]) => ids.length > 0));
}
