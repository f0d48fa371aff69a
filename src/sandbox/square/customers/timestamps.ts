/** Square docs (samples): `2022-11-09T21:23:25.59Z`, without trailing zeros. */
export const toMilliseconds = (at: number) => new Date(at).toISOString().replace(/\.?0+Z$/, 'Z');

/** Square docs (samples): `2022-11-09T21:23:25Z`. */
export const toSeconds = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
