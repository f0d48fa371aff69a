// Tests load this module without a document.
const written: unknown = Object(globalThis).document?.querySelector('meta[name="accord-base"]')?.content;

/** The path before `/admin` and `/api`: `/w/acme` for the workspace acme, else nothing. The api writes it into the document. */
export const basePath = String(written ?? '');
