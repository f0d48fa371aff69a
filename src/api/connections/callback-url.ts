/** The one redirect URI of every vendor: the state says whose account it is about. */
export const callbackPath = '/connections/callback';

export function callbackUrl({ publicUrl = '' }: { publicUrl?: string }): string {
  return `${publicUrl}${callbackPath}`;
}
