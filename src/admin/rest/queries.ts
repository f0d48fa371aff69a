import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { RestError } from './client.ts';
import { connection } from './connection.ts';

const isGone = (error: unknown) => error instanceof RestError && (error.status === 0 || error.status === 503);
const isSignedOut = (error: unknown) => error instanceof RestError && error.status === 401;

function noteError(error: unknown): void {
  if (isSignedOut(error)) connection.set('signed-out');
  else if (isGone(error)) connection.set('unreachable', error instanceof RestError ? error.message : '');
}

/** All queries of the pages. A failed refresh keeps what is shown; the banner of the shell says that it is old. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noteError, onSuccess: () => connection.set('fine') }),
  mutationCache: new MutationCache({ onError: noteError }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: (count, error) => isGone(error) && count < 2,
      retryDelay: 1_000,
      refetchInterval: 15_000,
    },
  },
});
