import type { ErrorCode } from './generated.js';

/** One thing that was refused, as the server says it. */
export interface Refusal {
  message: string;
  path?: (string | number)[];
  extensions?: {
    code: ErrorCode;
    field?: string | null;
    details?: Record<string, unknown> | null;
    requestId?: string;
    timestamp?: string;
  };
}

/** NETWORK_ERROR is the SDK's own: no answer came, or none of the server's. */
export type Code = ErrorCode | 'NETWORK_ERROR';

/** What every call throws: the first refusal by its parts, and all of them. */
export class TidingsError extends Error {
  override readonly name = 'TidingsError';
  readonly code: Code;
  /** Which part of the input is wrong, such as name. */
  readonly field: string | undefined;
  /** Why the field is wrong, in one word, such as too_long. */
  readonly reason: string | undefined;
  /** What a program may want to know, by code: retryAfterSeconds of RATE_LIMIT_EXCEEDED, templates of WINDOW_CLOSED. */
  readonly details: Record<string, unknown>;
  /** What to look for in the server's log. */
  readonly requestId: string | undefined;

  constructor(
    message: string,
    readonly errors: readonly Refusal[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    const told = errors[0]?.extensions;
    this.code = told?.code ?? 'NETWORK_ERROR';
    this.field = told?.field ?? undefined;
    this.details = told?.details ?? {};
    this.reason = typeof this.details['reason'] === 'string' ? this.details['reason'] : undefined;
    this.requestId = told?.requestId;
  }

  static refused(errors: readonly Refusal[]): TidingsError {
    return new TidingsError(errors[0]?.message ?? 'The server refused without a word.', errors);
  }
}
