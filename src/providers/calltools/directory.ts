import { tagKey } from '#domain/normalize/tag.ts';
import type { Send } from '#providers/http.ts';
import type { CallOptions } from '#providers/provider.ts';
import { type Named, named, pageOf } from './schema.ts';

export interface DirectorySettings {
  send: Send;
  /** `/buckets/` or `/alltags/`. */
  path: string;
  /** `buckets`, for people. */
  what: string;
  /** Ids that accord.yaml says instead of names: these go by their number here too, so that what is read compares with what is wanted. */
  pinned?: readonly string[];
}

/** The account's buckets or tags: contacts know them by id, people by name. Kept for a while, and read anew on a miss. */
export class Directory {
  readonly #settings: DirectorySettings;
  readonly #creating = new Map<string, Promise<string>>();
  #loading: Promise<void> | null = null;
  #loadedAt = Number.NEGATIVE_INFINITY;
  #idsByKey = new Map<string, string>();
  #namesById = new Map<string, string>();
  /** Ids that contacts show and the listing does not: no reason to list again. */
  #nameless = new Set<string>();

  constructor(settings: DirectorySettings) {
    this.#settings = settings;
  }

  /** Ids that have no name are left out. */
  async findNames(ids: readonly string[], call?: CallOptions): Promise<string[]> {
    if (ids.length === 0) return [];
    const isKnown = (id: string) => this.#namesById.has(id) || this.#nameless.has(id);
    if (this.#isOld() || !ids.every(isKnown)) await this.#load(call);
    for (const id of ids) if (!isKnown(id)) this.#nameless.add(id);
    return ids.flatMap((id) => this.#namesById.get(id) ?? []);
  }

  /** The id of the one with this name, whatever its case. A person may have created it a moment ago, so a miss is looked up. */
  async findId(name: string, call?: CallOptions): Promise<string | null> {
    if (this.#isOld() || !this.#idsByKey.has(tagKey(name))) await this.#load(call);
    return this.#idsByKey.get(tagKey(name)) ?? null;
  }

  /** Creates it, once for all who ask at the same time, and gives its id. */
  create(name: string, call?: CallOptions): Promise<string> {
    const key = tagKey(name);
    const creating = this.#creating.get(key) ?? this.#create(name, call).finally(() => this.#creating.delete(key));
    this.#creating.set(key, creating);
    return creating;
  }

  /** Forgets what it knows: an id turned out to be gone. */
  forget(): void {
    this.#loadedAt = Number.NEGATIVE_INFINITY;
  }

  async #create(name: string, call?: CallOptions): Promise<string> {
    const { send, path, what } = this.#settings;
    const created = await send({ operation: `create in ${what}`, method: 'POST', path, body: { name } }, named, call);
    this.#remember(created);
    return created.id;
  }

  #isOld(): boolean {
    return performance.now() - this.#loadedAt > keptMs;
  }

  /** One listing for all who wait: none of them may abort it for the others. */
  #load(call?: CallOptions): Promise<void> {
    this.#loading ??= this.#readPages(call?.priority).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #readPages(priority = 3): Promise<void> {
    const { send, path, what, pinned = [] } = this.#settings;
    const found: Named[] = [];
    for (let page = 1, more = true; more; page += 1) {
      const request = {
        operation: `list ${what}`,
        method: 'GET',
        path,
        query: { page, page_size: 250, ordering: 'id' },
      } as const;
      const { next, results } = await send(request, pageOf(named), { priority });
      found.push(...results);
      more = next !== null && results.length > 0;
    }
    this.#idsByKey = new Map();
    this.#namesById = new Map();
    this.#nameless = new Set();
    for (const id of pinned) this.#remember({ id, name: id });
    for (const one of found) this.#remember(one);
    this.#loadedAt = performance.now();
  }

  /** The first holds: what is pinned before what was listed, the older before a namesake. */
  #remember({ id, name }: Named): void {
    if (!this.#namesById.has(id)) this.#namesById.set(id, name);
    if (!this.#idsByKey.has(tagKey(name))) this.#idsByKey.set(tagKey(name), id);
  }
}

/** How long a bucket that was renamed in CallTools keeps its old name here. */
const keptMs = 5 * 60_000;
