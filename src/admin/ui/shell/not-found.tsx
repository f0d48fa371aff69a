import { Link } from '@tanstack/react-router';
import { Empty, Page } from '#admin/ui/page.tsx';

export function NotFound() {
  return (
    <Page title="No such page">
      <Empty icon="warning" title="There is no page at this address">
        <Link to="/" className="row-link">
          Go to the first page
        </Link>
      </Empty>
    </Page>
  );
}
