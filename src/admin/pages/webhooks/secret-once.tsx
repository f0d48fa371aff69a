import { ShownOnce } from '#admin/ui/shown-once.tsx';

/** A secret that the API shows once. */
export function SecretOnce({ secret }: { secret: string }) {
  return (
    <ShownOnce what="secret" secret={secret}>
      Your app checks the signature of each event with it.
    </ShownOnce>
  );
}
