import { queryOptions } from '@tanstack/react-query';
import { askData, rest } from './client.ts';

/** What waits for a person, for its page and for the numbers in the navigation. */
export const needsYouQuery = queryOptions({
  queryKey: ['needs-you'],
  queryFn: () => askData(rest.GET('/api/v1/needs-you')),
});
