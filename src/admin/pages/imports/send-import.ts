import { ask, askData, rest, type Schemas } from '#admin/rest/client.ts';

export interface FileToImport {
  file: File;
  /** The field of each column; null for a file that is recognised. */
  columns: Record<string, string> | null;
}

/** Announces a dry run, sends the file piece by piece, and starts. Returns the id of the import. */
export async function sendImport({ file, columns }: FileToImport, onProgress: (share: number) => void): Promise<string> {
  const { import: announced, partBytes } = await askData(
    rest.POST('/api/v1/imports', {
      // The API refuses a field that it does not know, and says which ones there are.
      body: { fileName: file.name, isDryRun: true, mapping: columns && { columns: columns as Columns } },
    }),
  );
  const { id } = announced;
  try {
    for (let number = 1, from = 0; from < file.size; number += 1, from += partBytes) {
      const piece = file.slice(from, from + partBytes);
      await ask(
        rest.PUT('/api/v1/imports/{id}/parts/{number}', {
          params: { path: { id, number } },
          headers: { 'content-type': 'application/octet-stream' },
          // The OpenAPI document has a piece as text; the browser sends its bytes as they are.
          body: '',
          bodySerializer: () => piece,
        }),
      );
      onProgress(Math.min(1, (from + partBytes) / file.size));
    }
    await askData(rest.POST('/api/v1/imports/{id}/start', { params: { path: { id } } }));
  } catch (error) {
    // The pieces are no use without the others. Left behind, retention removes them.
    await rest.POST('/api/v1/imports/{id}/cancel', { params: { path: { id } } }).catch(() => {});
    throw error;
  }
  return id;
}

type Columns = Schemas['ImportMapping']['columns'];

/** Reads lines such as `Mobile: phone`. Null where there are none. */
export function readColumns(text: string): Record<string, string> | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) return null;
  return Object.fromEntries(
    lines.map((line) => {
      // A name may hold a colon; a field holds none.
      const at = line.lastIndexOf(':');
      return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}
