import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './admin.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './rest/queries.ts';
import { theme } from './ui/theme.ts';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="accord-nonce"]')?.content ?? '';

// The dialogs' lock of scrolling reads the nonce of its style element from here: https://github.com/theKashey/get-nonce
Object.assign(globalThis, { __webpack_nonce__: nonce });

// After an update of Accord, the files that this document names are gone: the new document names the new ones.
addEventListener('vite:preloadError', (event) => {
  event.preventDefault();
  location.reload();
});

/** Takes the token of a link out of the fragment of the address, so that it stays in no history; undefined without one. */
export function takeLinkToken(): string | undefined {
  const [, token] = /^#link=([\w-]+)$/.exec(location.hash) ?? [];
  if (token !== undefined) history.replaceState(null, '', location.pathname + location.search);
  return token;
}

/** Shows a router's pages, with the components' styles and the queries. */
export function mount(pages: ReactNode): void {
  const root = document.getElementById('root');
  if (!root) throw new Error('The document has no root element');
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
        <QueryClientProvider client={queryClient}>
          <Notifications position="bottom-right" />
          {pages}
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
