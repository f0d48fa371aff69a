import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './admin.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './rest/queries.ts';
import { signIn } from './rest/session.ts';
import { router } from './router.tsx';
import { theme } from './ui/theme.ts';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="accord-nonce"]')?.content ?? '';

// The dialogs' lock of scrolling reads the nonce of its style element from here: https://github.com/theKashey/get-nonce
Object.assign(globalThis, { __webpack_nonce__: nonce });

// After an update of Accord, the files that this document names are gone: the new document names the new ones.
addEventListener('vite:preloadError', (event) => {
  event.preventDefault();
  location.reload();
});

/** A sign-in link has its token in the fragment. It works once, so it leaves the address bar; without it the page asks for a key. */
async function followSignInLink(): Promise<void> {
  const [, link] = /^#link=([\w-]+)$/.exec(location.hash) ?? [];
  if (link === undefined) return;
  history.replaceState(null, '', location.pathname + location.search);
  await signIn({ link }).catch(() => {});
}

await followSignInLink();

const root = document.getElementById('root');
if (!root) throw new Error('The document has no root element');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
