import type { Tokens } from './client.js';
import { TidingsError } from './errors.js';

/** The tokens that calls and sockets go with, and their renewal: one for all that are refused at the same time. */
export class Session {
  private renewal: Promise<void> | undefined;

  constructor(
    private tokens: Partial<Tokens>,
    /** Exchanges a refresh token for a pair that is then kept. */
    private readonly refresh: (refreshToken: string) => Promise<unknown>,
    private readonly told: (tokens: Partial<Tokens>) => void,
  ) {}

  get accessToken(): string | undefined {
    return this.tokens.accessToken;
  }

  get renewable(): boolean {
    return this.tokens.refreshToken !== undefined;
  }

  keep(tokens: Partial<Tokens>): void {
    this.tokens = tokens;
    this.told(tokens);
  }

  /** Gets other tokens than the one that was refused; nothing to do when somebody did meanwhile. */
  async renew(refused: string | undefined): Promise<void> {
    if (refused !== this.tokens.accessToken) return;
    this.renewal ??= this.exchange().finally(() => (this.renewal = undefined));
    await this.renewal;
  }

  private async exchange(): Promise<void> {
    try {
      await this.refresh(this.tokens.refreshToken ?? '');
    } catch (error) {
      if (error instanceof TidingsError && error.code === 'AUTHENTICATION_ERROR') this.keep({});
      throw error;
    }
  }
}
