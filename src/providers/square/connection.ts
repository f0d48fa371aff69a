import type { ConnectOptions } from '#providers/provider.ts';
import { createSdkSend, type Send } from './send.ts';
import type { SquareAccount, SquareSecrets } from './settings.ts';

/** The connected handle of one seller's customer directory. */
export interface Connection {
  send: Send;
  account: SquareAccount;
}

/** Sets up authorization and the rate limit. Makes no call. */
export function openConnection(options: ConnectOptions<SquareAccount, SquareSecrets>): Connection {
  return { send: createSdkSend(options), account: options.account };
}
