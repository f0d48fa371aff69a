import type { ErrorComponentProps } from '@tanstack/react-router';
import { Failure, Page } from '#admin/ui/page.tsx';

/** In place of a page that has thrown: the navigation stays. */
export function Broken({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="This page is broken">
      <Failure error={error instanceof Error ? error : new Error(String(error))} retry={reset} />
    </Page>
  );
}
