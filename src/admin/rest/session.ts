import { queryOptions, useQuery } from '@tanstack/react-query';
import { ask, askData, rest, type Schemas } from './client.ts';

export type Session = Schemas['Session'];

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => askData(rest.GET('/api/v1/session')),
  staleTime: 60_000,
  refetchInterval: 60_000,
  retry: false,
});

/** The signed-in session. For pages inside the shell only: it renders none without a session. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error('useSession is called outside the shell');
  return data;
}

/** Whether the signed-in person may use operations of a scope. The API decides; the pages merely hide the operations that it would refuse. */
export function useMay(scope: string): boolean {
  const { scopes } = useSession();
  return scopes.includes('admin') || scopes.includes(scope);
}

/** Exchanges an API key, or the token of a sign-in link, for a session. */
export function signIn(body: { key: string } | { link: string }): Promise<unknown> {
  return ask(rest.POST('/api/v1/session', { body }));
}

export function signOut(): Promise<unknown> {
  return ask(rest.DELETE('/api/v1/session'));
}
