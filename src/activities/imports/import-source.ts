import type { ConnectedProvider } from '#activities/deps.ts';
import { importProvider } from '#contacts/imports/import-provider.ts';
import { InvalidRequestError, NotFoundError } from '#providers/errors.ts';

const problem = (operation: string, message: string) => ({ provider: importProvider.id, operation, message });
const readOnly = (operation: string) =>
  Promise.reject(new InvalidRequestError(problem(operation, 'Imported files are a source only.')));

/** Imported files as a source of contacts, which is read by their import only. */
export const importSource: ConnectedProvider = {
  provider: importProvider,
  fitValues: (values) => values,
  client: {
    accountId: 'files',
    requestsPerSecond: 1,
    read: () => Promise.reject(new NotFoundError(problem('read contact', 'The rows of imported files are not kept.'))),
    list: async () => ({ records: [], unreadable: [], cursor: null, total: 0 }),
    find: async () => [],
    create: () => readOnly('create contact'),
    update: () => readOnly('update contact'),
  },
};
