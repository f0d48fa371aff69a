/**
 * The figures about one way, GoHighLevel to CallTools, were defined when there were no others, and stay comparable: a provider
 * whose variables are all blank is not connected.
 */
export const twoProviders: Record<string, string> = Object.fromEntries(
  [
    ...['SQUARE_BASE_URL', 'SQUARE_ACCESS_TOKEN', 'SQUARE_MERCHANT_ID', 'SQUARE_SIGNATURE_KEY', 'SQUARE_WEBHOOK_URL'],
    ...['GOOGLE_BASE_URL', 'GOOGLE_TOKEN_URL', 'GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET', 'GOOGLE_REFRESH_TOKEN'],
  ].map((name) => [name, '']),
);
