/** RFC 6749 5.2: the token endpoint answers errors in another shape than the API. */
export class OAuthError extends Error {
  readonly error: string;
  readonly status: number;

  constructor(error: string, description: string, status = 400) {
    super(description);
    this.error = error;
    this.status = status;
  }

  get body(): object {
    return { error: this.error, error_description: this.message };
  }
}
