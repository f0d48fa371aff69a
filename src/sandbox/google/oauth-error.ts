/** RFC 6749 section 5.2: the token endpoint's error format differs from the API's. */
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
