import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { basePath } from './base-path.ts';
import type { Schemas } from './client.ts';

type Topic = Schemas['ChangeHint']['topics'][number];

/** The first parts of the keys of the queries that show something of a topic. */
const keysOf: Record<Topic, readonly string[]> = {
  contacts: ['overview', 'needs-you', 'people', 'person', 'history', 'stats', 'go-live-runs', 'inbox', 'inbox-refusals'],
  decisions: ['overview', 'needs-you', 'candidates', 'deletes', 'person', 'submissions', 'submission'],
  deliveries: ['overview', 'deliveries', 'delivery'],
  endpoints: ['overview', 'webhooks', 'webhook'],
  connections: ['connections', 'accounts', 'overview'],
  activity: ['audit'],
};

/** Refreshes the data on the screen as soon as it changes. Without the stream, the queries repeat themselves. */
export function useChanges(): void {
  const client = useQueryClient();
  useEffect(() => {
    let source: EventSource | null = null;
    // Only for the tab that is seen: a browser has six connections to a host, for all its tabs.
    const follow = () => {
      source?.close();
      source = null;
      if (document.hidden) return;
      source = new EventSource(`${basePath}/api/v1/changes`);
      source.onmessage = ({ data }) => readAgain(client, (JSON.parse(data) as Schemas['ChangeHint']).topics);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      source?.close();
    };
  }, [client]);
}

function readAgain(client: QueryClient, topics: readonly Topic[]): void {
  const keys = new Set(topics.flatMap((topic) => keysOf[topic] ?? []));
  void client.invalidateQueries({ predicate: ({ queryKey }) => keys.has(String(queryKey[0])) });
}
