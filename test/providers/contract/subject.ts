import type { ProviderValues, RecordPatch } from '#domain/contact.ts';
import type { TokenStore } from '#providers/oauth.ts';
import type { Provider, ProviderClient, ProviderRecord } from '#providers/provider.ts';
import type { SandboxControl } from '#test/providers/sandbox-control.ts';

/** What a provider must bring to be tried against the cases that all pass. */
export interface ContractSubject {
  provider: Provider;
  startSandbox(): Promise<{ url: string; controlUrl: string; close(): Promise<void> }>;
  /** Its section of accord.yaml; a page size of 2 makes the listing turn pages. */
  account: object;
  /** Its environment, for the sandbox at this URL. */
  environment(url: string): Record<string, string>;
  /** Variables that make the key a wrong one. */
  wrongKey: Record<string, string>;
  /** An id that the vendor could have given, and has not. */
  unknownId: string;
  /** Sets up what the account must have, in an empty sandbox. */
  prepare?(sandbox: SandboxControl): Promise<unknown>;
  /** Deletes a record, as a person on the vendor's pages would. */
  remove(sandbox: SandboxControl, externalId: string): Promise<unknown>;
  /** Writes something that Accord does not map, and a tag, as a person would. */
  edit(sandbox: SandboxControl, externalId: string, edit: { unmapped: string; addTag: string }): Promise<unknown>;
  /** What was written there. */
  readUnmapped(sandbox: SandboxControl, externalId: string): Promise<unknown>;
  /** The request that creates one; a POST to `/contacts/` when absent. */
  createRequest?: { method: string; path: string };
  /** Our reference alone finds a record again. */
  findsByReference?: true;
  /** Where tokens live; for a provider that speaks OAuth. */
  tokens?: TokenStore;
  /** Its `changes` name what was deleted. */
  reportsDeletions?: true;
  /** Makes the vendor forget from where we ask for changes. */
  expire?(sandbox: SandboxControl): Promise<unknown>;
  /** Somebody whom the vendor refuses, for a batch that is not all good. */
  refused?: RecordPatch['set'];
}

/** What the cases stand on. The getters are of use within a test. */
export interface ContractBench {
  provider: Provider;
  subject: ContractSubject;
  readonly client: ProviderClient;
  readonly sandbox: SandboxControl;
  connect(changes?: { account?: object; environment?: object }): ProviderClient;
  /** A person of whom the vendor can hold everything that it can hold of anyone. */
  create(number?: number): Promise<ProviderRecord>;
  /** What a read would show if the provider held these. */
  held(values: ProviderValues): ProviderValues;
}
