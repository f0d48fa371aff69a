import { Alert } from '@mantine/core';
import { useConnection } from '#admin/rest/connection.ts';
import { Icon } from '#admin/ui/icons.tsx';

/** Warns that the page may be out of date, while Accord does not answer. */
export function Unreachable() {
  const { state, because } = useConnection();
  if (state !== 'unreachable') return null;
  return (
    <Alert
      color="orange"
      className="alert-orange"
      mb="md"
      role="status"
      icon={<Icon name="warning" />}
      title="This page may be out of date"
    >
      {because} It is asked again every few seconds.
    </Alert>
  );
}
