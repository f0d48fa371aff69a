import { z } from 'zod';
import type { Connector } from '#providers/connector.ts';
import type { ConnectOptions } from '#providers/provider.ts';
import { openConnection } from './connection.ts';
import type { CallToolsAccount, CallToolsSecrets } from './settings.ts';

/** CallTools documents no OAuth. */
export const connector: Connector<ConnectOptions<CallToolsAccount, CallToolsSecrets>> = {
  appVariables: ['CALLTOOLS_BASE_URL'],
  key: {
    help: 'In CallTools, a manager makes an API key under Settings, API Keys. Its role needs to read and write contacts, tags and buckets.',
    variables: [
      { name: 'CALLTOOLS_BASE_URL', label: 'URL of the API: https://<silo>.calltools.io/api', isSecret: false },
      { name: 'CALLTOOLS_API_KEY', label: 'API key', isSecret: true },
    ],
  },
  /** No call says whose key it is: the silo stands for the account. */
  async identify(options, call) {
    const query = { page: 1, page_size: 1 };
    await openConnection(options).send(
      { operation: 'list contacts', method: 'GET', path: '/contacts/', query },
      z.unknown(),
      call,
    );
    const { hostname } = new URL(options.secrets.CALLTOOLS_BASE_URL);
    return { id: hostname, name: hostname.replace(/\.calltools\.io$/, ''), scopes: null, expiresAt: null };
  },
};
