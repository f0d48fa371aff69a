import type { ApiProvider } from '#api/deps.ts';
import type { WebForm, WebFormAccount, WebFormSecrets } from '#providers/web-form/settings.ts';

/** A form of accord.yaml that is served. */
export interface OpenForm {
  name: string;
  form: WebForm;
  defaultRegion: string;
  secrets: WebFormSecrets;
}

/** The forms of accord.yaml by name; none while web forms are not connected. */
export function openForms(providers: readonly ApiProvider[]): ReadonlyMap<string, OpenForm> {
  const settings = providers.find(({ id }) => id === 'webform')?.settings;
  if (!settings) return new Map();
  const { forms, defaultRegion } = settings.account as WebFormAccount;
  const secrets = settings.secrets as WebFormSecrets;
  return new Map(Object.entries(forms).map(([name, form]) => [name, { name, form, defaultRegion, secrets }]));
}
