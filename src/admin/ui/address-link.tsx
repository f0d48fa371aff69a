import { Link, useNavigate } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';
import { plainSearch } from './search.ts';

interface AddressLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  /** An address below `/admin`, with its filters: `/people?state=asked`. */
  address: string;
  ref?: Ref<HTMLAnchorElement>;
}

/** A link to an address that is put together, where the router cannot check its type. */
export function AddressLink({ address, ...rest }: AddressLinkProps) {
  // The router's types have no optional property that is undefined.
  return <Link {...(rest as object)} {...toLocation(address)} />;
}

/** Returns a function that goes to such an address. */
export function useOpenAddress(): (address: string, options?: { replace: boolean }) => void {
  const navigate = useNavigate();
  return (address, options) => void navigate({ ...toLocation(address), ...options });
}

/** The router's types know the addresses of the admin pages only, and those only written out. */
function toLocation(address: string) {
  const [to = '', query = ''] = address.split('?');
  return { to: to as never, search: plainSearch.parseSearch(query) as never };
}
