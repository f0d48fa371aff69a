import { tagKey } from '#domain/normalize/tag.ts';
import type { Send } from '#providers/http.ts';
import type { CallOptions } from '#providers/provider.ts';
import { type Named, named, page } from './schema.ts';

export interface DirectorySettings {
  send: Send;
  /** `/buckets/` or `/alltags/`. */
  path: string;
  /** `buckets` or `tags`, for error messages. */
  kind: string;
  /** Ids used in accord.yaml instead of names. Their id serves as their name, so that reads compare equal to the configuration. */
  pinnedIds?: readonly string[];
}

/** Maps names of an account's buckets or tags to ids and back. Cached for some minutes, and reloaded on a miss. */
export class Directory {
  readonly #settings: DirectorySettings;
  readonly #creating = new Map<string, Promise<string>>();
  #loading: Promise<void> | null = null;
  #loadedAt = Number.NEGATIVE_INFINITY;
  #idsByKey = new Map<string, string>();
  #namesById = new Map<string, string>();
  /** Ids that appear on contacts and not in the listing. Another listing would not find them either. */
  #unlistedIds = new Set<string>();

  constructor(settings: DirectorySettings) {
    this.#settings = settings;
  }

  /** Returns the names of these ids, without the ids that have none. */
  async findNames(ids: readonly string[], call?: CallOptions): Promise<string[]> {
    if (ids.length === 0) return [];
    const isKnown = (id: string) => this.#namesById.has(id) || this.#unlistedIds.has(id);
    if (this.#isStale() || !ids.every(isKnown)) await this.#load(call);
    for (const id of ids) if (!isKnown(id)) this.#unlistedIds.add(id);
    return ids.flatMap((id) => this.#namesById.get(id) ?? []);
  }

  /** Returns the id for a name in any case; null if none exists. Reloads on a miss: a person may just have created it. */
  async findId(name: string, call?: CallOptions): Promise<string | null> {
    if (this.#isStale() || !this.#idsByKey.has(tagKey(name))) await this.#load(call);
    return this.#idsByKey.get(tagKey(name)) ?? null;
  }

  /** Creates an entry and returns its id. Concurrent callers with the same name share one create. */
  create(name: string, call?: CallOptions): Promise<string> {
    const key = tagKey(name);
    const creating = this.#creating.get(key) ?? this.#create(name, call).finally(() => this.#creating.delete(key));
    this.#creating.set(key, creating);
    return creating;
  }

  /** Invalidates the cache, for example when an id no longer exists. */
  forget(): void {
    this.#loadedAt = Number.NEGATIVE_INFINITY;
  }

  async #create(name: string, call?: CallOptions): Promise<string> {
    const { send, path, kind } = this.#settings;
    const created = await send({ operation: `create in ${kind}`, method: 'POST', path, body: { name } }, named, call);
    this.#remember(created);
    return created.id;
  }

  #isStale(): boolean {
    return performance.now() - this.#loadedAt > maxAgeMs;
  }

  /** Concurrent callers share one listing, so it ignores their abort signals. */
  #load(call?: CallOptions): Promise<void> {
    this.#loading ??= this.#readPages(call?.priority).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #readPages(priority = 3): Promise<void> {
    const { send, path, kind, pinnedIds = [] } = this.#settings;
    const found: Named[] = [];
    for (let number = 1, more = true; more; number += 1) {
      const query = { page: number, page_size: 250, ordering: 'id' };
      const request = { operation: `list ${kind}`, method: 'GET', path, query } as const;
      const { next, results } = await send(request, page, { priority });
      // A tag without a name is on contacts, and costs no other tag.
      found.push(...results.flatMap((row) => named.safeParse(row).data ?? []));
      more = typeof next === 'string' && results.length > 0;
    }
    this.#idsByKey = new Map();
    this.#namesById = new Map();
    this.#unlistedIds = new Set();
    for (const id of pinnedIds) this.#remember({ id, name: id });
    for (const entry of found) this.#remember(entry);
    this.#loadedAt = performance.now();
  }

  /** The first entry wins: pinned ids over listed ones, older entries over newer ones with the same name. */
  #remember({ id, name }: Named): void {
    if (!this.#namesById.has(id)) this.#namesById.set(id, name);
    if (!this.#idsByKey.has(tagKey(name))) this.#idsByKey.set(tagKey(name), id);
  }
}

/** A bucket renamed in CallTools keeps its old name here for at most this long. */
const maxAgeMs = 5 * 60_000;
