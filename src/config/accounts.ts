import { maxAccountIdLength, parseAccountId } from '#domain/account-id.ts';
import { toFurtherAccount } from '#providers/further-account.ts';
import type { Provider } from '#providers/provider.ts';
import { suggest } from './nearest.ts';
import { renameVariables } from './variables.ts';

interface AccountsOptions {
  /** Keys under `accounts` in accord.yaml. */
  ids: readonly string[];
  /** Names from accord.yaml, by account id. */
  names?: Readonly<Record<string, string | undefined>>;
  /** The environment. */
  given?: Readonly<Record<string, string>>;
}

/** The providers of all accounts: each vendor with its first account, followed by its further ones in the order of accord.yaml. */
export function toProviders(vendors: readonly Provider[], { ids, names = {}, given = {} }: AccountsOptions): Provider[] {
  return vendors.flatMap((vendor) => {
    const further = ids.filter((id) => findVendor(vendors, id) === vendor && id !== vendor.id);
    return [toFirst(vendor, names[vendor.id]), ...further.map((id) => toFurther(vendor, id, { name: names[id], given }))];
  });
}

function toFirst(vendor: Provider, name: string | undefined): Provider {
  return name === undefined ? vendor : { ...vendor, name: `${vendor.name} (${name})` };
}

function toFurther(
  vendor: Provider,
  id: string,
  { name = parseAccountId(id)?.suffix ?? id, given }: { name: string | undefined; given: Readonly<Record<string, string>> },
): Provider {
  const rename = (text: string) => renameVariables(renameSettings(text, vendor.id, id), { ...vendor, id }, given);
  return toFurtherAccount(vendor, { id, name: `${vendor.name} (${name})`, rename });
}

/** A text with keys of accord.yaml for the vendor's first account, with those for another one instead. */
function renameSettings(text: string, vendorId: string, id: string): string {
  const key = /^((?:extras|customFields)\.\w+\.)(.+)$/.exec(text);
  if (key?.[2] === vendorId) return `${key[1]}${id}`;
  return text.replaceAll(`accounts.${vendorId}.`, `accounts.${id}.`);
}

/** The provider of an account in a workspace: its messages name the variables of the workspace. */
export function withRenamedVariables(provider: Provider, rename: (text: string) => string): Provider {
  const { id, name } = provider;
  return toFurtherAccount(provider, { id, name, rename });
}

/** The vendor of an account; null for an id that names none, or a further account of a vendor that has one only. */
export function findVendor(vendors: readonly Provider[], id: string): Provider | null {
  const parts = parseAccountId(id);
  const vendor = vendors.find((each) => each.id === parts?.vendor);
  return vendor && (parts?.suffix === null || vendor.accountVariables) ? vendor : null;
}

/** Why a key under `accounts` is no account; a sentence without a capital and a full stop. */
export function explainKey(vendors: readonly Provider[], key: string, known: readonly string[]): string {
  const single = vendors.find(({ id, accountVariables }) => key.startsWith(`${id}-`) && !accountVariables);
  if (single) return `${single.name} have one account: its settings belong under accounts.${single.id}`;
  if (vendors.some(({ id }) => key.startsWith(`${id}-`)))
    return `after the vendor's id, an account's key has lower-case letters, digits and hyphens, and at most ${maxAccountIdLength} characters`;
  const ids = vendors.map(({ id }) => id);
  const example = vendors.find(({ accountVariables }) => accountVariables)?.id;
  const further =
    example === undefined ? '' : `, and for a second account of one of them a name after a hyphen, such as ${example}-west`;
  return `no such vendor: a key is ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(ids)}${further}${suggest(key, known)}`;
}

/** An order of providers, with each further account that it leaves out behind the vendor's first account. */
export function withFurtherAccounts(order: readonly string[], providers: readonly { id: string }[]): string[] {
  const left = providers.map(({ id }) => id).filter((id) => !order.includes(id));
  return order.flatMap((id) => [id, ...left.filter((other) => other !== id && parseAccountId(other)?.vendor === id)]);
}
