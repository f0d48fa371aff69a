import { inheritedEnvironment, webhookUrls } from './stack-environment.ts';

export interface SandboxesOptions {
  ports: Record<keyof SandboxAccounts, number>;
  dataDirectory: string;
  /** Where the api will be: the sandboxes of those who push send their webhooks there. */
  api: string;
}

/** `url` is what the provider's `…_BASE_URL` takes. */
export interface SandboxAccounts {
  gohighlevel: SandboxAddress & { token: string; locationId: string; webhookPublicKey: string };
  calltools: SandboxAddress & { token: string };
  square: SandboxAddress & { token: string; merchantId: string; signatureKey: string };
  /** `token` never ends, for people with curl; Accord takes the grant, as it would at Google. */
  google: SandboxAddress & { token: string; clientId: string; clientSecret: string; refreshToken: string; tokenUrl: string };
}

interface SandboxAddress {
  url: string;
  control: string;
}

/** Google's real quotas would make a first import of 500 people a matter of minutes; its real delays hide an edit as long. */
const generousGoogle = {
  ...{ criticalReadsPerMinute: 100_000, criticalWritesPerMinute: 100_000, writeRequestsPerMinute: 100_000 },
  ...{ groupReadsPerMinute: 100_000, fullSyncsPerMinute: 1_000, dailyContactWrites: 10_000_000 },
  ...{ propagationDelayMs: 50, searchWarmUpMs: 0 },
};

/** What `main.ts` of the sandboxes reads. */
export function sandboxEnvironment({ ports, dataDirectory, api }: SandboxesOptions): NodeJS.ProcessEnv {
  const targets = webhookUrls(api);
  const config = {
    dataDirectory,
    sandboxes: {
      // The real account takes 100 calls in 10 seconds: a first sync would take minutes, as it does there.
      gohighlevel: { port: ports.gohighlevel, webhookTargets: [targets.gohighlevel], settings: { rateLimitMax: 10_000 } },
      calltools: { port: ports.calltools, settings: { bucketCreateAllowed: true } },
      square: { port: ports.square, webhookTargets: [targets.square] },
      google: { port: ports.google, settings: generousGoogle },
    },
  };
  return { ...inheritedEnvironment(), SANDBOX_CONFIG: JSON.stringify(config) };
}

/** How a service gets at the sandboxes' accounts, as they say themselves. Throws while they do not answer. */
export async function readSandboxAccounts({ ports }: Pick<SandboxesOptions, 'ports'>): Promise<SandboxAccounts> {
  const [gohighlevel, calltools, square, google] = await Promise.all([
    readAccount<SandboxAccounts['gohighlevel']>(ports.gohighlevel),
    readAccount<SandboxAccounts['calltools']>(ports.calltools),
    readAccount<SandboxAccounts['square']>(ports.square),
    readAccount<SandboxAccounts['google'] & { accessToken: string; tokenPath: string }>(ports.google),
  ]);
  return {
    ...{ gohighlevel, square, calltools: { ...calltools, url: `${calltools.url}/api` } },
    google: { ...google, token: google.accessToken, tokenUrl: `${google.url}${google.tokenPath}` },
  };
}

async function readAccount<T extends SandboxAddress>(port: number): Promise<T> {
  const url = `http://127.0.0.1:${port}`;
  const response = await fetch(`${url}/_sandbox/`, { signal: AbortSignal.timeout(5_000) });
  const info = (await response.json()) as Omit<T, keyof SandboxAddress>;
  return { url, control: `${url}/_sandbox`, ...info } as T;
}
