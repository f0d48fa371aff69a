import { QueryClient } from '@tanstack/react-query';
import { RestError } from './client.ts';

const isUnavailable = (error: unknown) => error instanceof RestError && error.isUnavailable;

/** All queries of the pages. A failed refresh keeps the data on screen, and the banner of the shell marks it as stale. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: (count, error) => isUnavailable(error) && count < 2,
      retryDelay: 1_000,
      refetchInterval: ({ state }) => (isUnavailable(state.error) ? 3_000 : 15_000),
    },
  },
});
