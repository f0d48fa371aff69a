import type { OAuthTokens, RefreshFailure, TokenStore } from '#providers/oauth.ts';

export interface MemoryStore extends TokenStore {
  stored: OAuthTokens | null;
  failures: RefreshFailure[];
}

/** A token store in memory, for one process. Serialises refreshes, as every store must. */
export function createMemoryStore(stored: OAuthTokens | null = null): MemoryStore {
  let last: Promise<unknown> = Promise.resolve();
  const failures: RefreshFailure[] = [];
  const store: MemoryStore = {
    ...{ stored, failures },
    find: async () => store.stored,
    refreshExclusively(_, refresh) {
      const mine = last.then(async () => {
        store.stored = await refresh(store.stored);
        return store.stored;
      });
      last = mine.catch(() => {});
      return mine;
    },
    async saveFailure(_, failure) {
      failures.push(failure);
    },
  };
  return store;
}
