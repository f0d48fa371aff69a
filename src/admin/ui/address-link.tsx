import { Link } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';
import { plainSearch } from './search.ts';

interface AddressLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  /** An address below `/admin`, with its filters: `/people?state=asked`. */
  address: string;
  ref?: Ref<HTMLAnchorElement>;
}

/** A link to an address that is put together, where the router cannot check its type. */
export function AddressLink({ address, ...rest }: AddressLinkProps) {
  const [to = '', query = ''] = address.split('?');
  // The router's types know addresses that are written out only, and no optional property that is undefined.
  return <Link {...(rest as object)} to={to as never} search={plainSearch.parseSearch(query) as never} />;
}
