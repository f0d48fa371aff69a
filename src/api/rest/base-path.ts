/**
 * The path before those of the api in the address bar: `/w/acme` for a workspace, empty where `PUBLIC_URL` has no path. A proxy may
 * give a workspace a host of its own, so the path of the request does not tell.
 */
export function basePathOf({ publicUrl }: { publicUrl?: string }): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
}
