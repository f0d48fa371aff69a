/** A response body that is produced while it is sent, because it may not fit in memory. */
export class Download {
  readonly type: string;
  readonly filename: string;
  readonly chunks: AsyncIterable<string>;

  constructor({ type, filename, chunks }: Pick<Download, 'type' | 'filename' | 'chunks'>) {
    this.type = type;
    this.filename = filename;
    this.chunks = chunks;
  }
}
