import type { ProviderValues, RecordPatch } from '#domain/contact.ts';
import type { TokenStore } from '#providers/oauth.ts';
import type { Provider, ProviderClient, ProviderRecord } from '#providers/provider.ts';
import type { SandboxControl } from '#test/providers/sandbox-control.ts';

/** A provider, its sandbox and its capabilities, for the contract suite. */
export interface ContractSubject {
  provider: Provider;
  startSandbox(): Promise<{ url: string; controlUrl: string; close(): Promise<void> }>;
  /** Its section of accord.yaml. A page size of 2 makes listings span pages. */
  account: object;
  /** Its environment variables, for the sandbox at this URL. */
  environment(url: string): Record<string, string>;
  /** Variables with wrong credentials. */
  wrongKey: Record<string, string>;
  /** A well-formed id of no record. */
  unknownId: string;
  /** Prepares the account in an empty sandbox. */
  prepare?(sandbox: SandboxControl): Promise<unknown>;
  /** Deletes a record as a person in the vendor's user interface would. */
  remove(sandbox: SandboxControl, externalId: string): Promise<unknown>;
  /** Writes an unmapped field and a tag, as a person would. */
  edit(sandbox: SandboxControl, externalId: string, edit: { unmapped: string; addTag: string }): Promise<unknown>;
  /** Returns the unmapped field. */
  readUnmapped(sandbox: SandboxControl, externalId: string): Promise<unknown>;
  /** The request that creates a record. Default: a POST to `/contacts/`. */
  createRequest?: { method: string; path: string };
  /** `find` works by our reference alone. */
  findsByReference?: true;
  /** Token store of a provider that uses OAuth. */
  tokens?: TokenStore;
  /** `remove` fails for a version that is not the newest. */
  checksVersionOfRemove?: true;
  /** `changes` reports deleted records. */
  reportsDeletions?: true;
  /** Expires all positions of `changes`. */
  expire?(sandbox: SandboxControl): Promise<unknown>;
  /** A person that the vendor refuses, for a batch with one invalid record. */
  refused?: RecordPatch['set'];
}

/** Shared set-up of the cases. Use the getters only inside a test. */
export interface ContractBench {
  provider: Provider;
  subject: ContractSubject;
  readonly client: ProviderClient;
  readonly sandbox: SandboxControl;
  connect(changes?: { account?: object; environment?: object }): ProviderClient;
  /** Creates a person that the vendor can store completely. */
  create(number?: number): Promise<ProviderRecord>;
  /** `fitValues` for the subject's account. */
  held(values: ProviderValues): ProviderValues;
}
