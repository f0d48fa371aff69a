/** The variables with the URL of a vendor's server that is not on this machine, as those of sandboxes are. */
export function findServersElsewhere(secrets: unknown): string[] {
  return Object.entries(Object(secrets))
    .filter(([name, value]) => name.endsWith('_BASE_URL') && !isLoopback(new URL(String(value)).hostname))
    .map(([name]) => name);
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);
