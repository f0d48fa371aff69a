import { type ZodType, z } from 'zod';
import type { PersonEdit } from './people.ts';
import { type RunningSandbox, type SandboxDefinition, type SandboxOptions, startSandbox } from './sandbox.ts';

/** Where a running sandbox is. Each account has these two beside the vendor's own facts. */
export interface SandboxAddress {
  /** The base URL that a client of the vendor's API takes. */
  url: string;
  /** Root of the control routes. */
  control: string;
}

/**
 * One vendor's sandbox, and everything that the development stack, its demonstration, the tests and the benchmarks need in order
 * to run it and to connect Accord to it. None of them names a vendor: a new sandbox is its folder and its line in `index.ts`.
 */
export interface Sandbox<Id extends string = string, S extends object = object, Account extends SandboxAddress = SandboxAddress>
  extends SandboxDefinition<S> {
  /** The provider's id in accord.yaml; also the key in `stack.json` and `up.json`. */
  id: Id;
  /** The port unless a start asks for another one. */
  defaultPort: number;
  /** The vendor's routes below the base URL, for the address that `npm start` prints; `/v2`. */
  apiPath?: string;
  presets: Presets<S>;
  /** Reads the account from `{ url, control, …info }`. Throws a ZodError when a fact is missing. */
  account: ZodType<Account>;
  /** The facts of the account that `up.json` shows beside `url` and `control`. */
  published: readonly string[];
  /**
   * The environment variables that connect Accord to the account. `webhookUrl` is the URL of Accord's API that takes the vendor's
   * webhooks; undefined where the provider has none.
   */
  environment(account: Account, webhookUrl: string | undefined): Record<string, string>;
  /** True where an app subscribes to webhooks by the vendor's API; elsewhere a person does, in the vendor's pages. */
  subscribesByApi?: boolean;
  /** The variables of an app that people connect the account to. Without them, and where this is absent, the account can be connected by a key. */
  appEnvironment?(account: Account): Record<string, string>;
  /** Settings of an app whose redirect URI is this one. */
  appSettings?(redirectUri: string): Partial<S>;
  /** Settings under `accounts.<id>` in accord.yaml that match the presets. */
  accountSettings?: Readonly<Record<string, unknown>>;
  /** The vendor's records before the first sync of `npm start`: the sample contacts, or records of some of the same people. */
  samples?: 'contacts' | 'lookalikes';
  /** The edit that the demonstration of `npm start` makes in the vendor's own pages. */
  sampleEdit?: SampleEdit;
  start(options?: SandboxOptions<S>): Promise<RunningSandbox<S>>;
}

/** Settings for one purpose, laid over the defaults. */
export interface Presets<S> {
  /** No quota or rate limit binds. */
  unlimited: Partial<S>;
  /** A write shows at once in listings, searches and polls. */
  immediate: Partial<S>;
  /** For `npm start`, laid over `unlimited`. */
  stack: Partial<S>;
}

export interface SampleEdit {
  /** Whose record: a person in no audience, or a person in the dialer's bucket. */
  of: 'plain' | 'lead';
  /** The predicate of a sentence whose subject is the person's name, such as "has another phone number". */
  describe(fresh: FreshValues): string;
  change(fresh: FreshValues): PersonEdit;
}

/** The person's given name, and values that nobody has yet. */
export interface FreshValues {
  givenName: string;
  familyName: string;
  phone: string;
}

const addressShape = { url: z.url(), control: z.url() };

/** The schema of an account: its address and the vendor's own facts. */
export function accountSchema<Shape extends z.ZodRawShape>(facts: Shape) {
  return z.object({ ...addressShape, ...facts });
}

/** Completes a vendor's definition. */
export function defineSandbox<const Id extends string, S extends object, Account extends SandboxAddress>(
  definition: Omit<Sandbox<Id, S, Account>, 'start'> & { published: readonly (keyof Account & string)[] },
): Sandbox<Id, S, Account> {
  return { ...definition, start: (options) => startSandbox(definition, options) };
}
