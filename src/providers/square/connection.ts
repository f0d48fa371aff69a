import type { CallOptions, ConnectOptions } from '#providers/provider.ts';
import { createDefinitionReader, type Definitions } from './attributes/attribute-definitions.ts';
import { createSdkSend, type Send } from './send.ts';
import type { SquareAccount, SquareSecrets } from './settings.ts';

/** The connected handle of one seller's customer directory. */
export interface Connection {
  send: Send;
  account: SquareAccount;
  /** The custom attributes that hold fields of ours, as they are after the call begins. */
  readDefinitions(call?: CallOptions): Promise<Definitions>;
}

/** Sets up authorization and the rate limit. Makes no call. */
export function openConnection(options: ConnectOptions<SquareAccount, SquareSecrets>): Connection {
  const send = createSdkSend(options);
  const { account } = options;
  return { send, account, readDefinitions: createDefinitionReader(send, account) };
}
