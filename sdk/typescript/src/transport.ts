import { TidingsError, type Refusal } from './errors.js';

/** Codes of what was surely not done, and of what may have been done. */
const NOT_DONE = new Set(['RATE_LIMIT_EXCEEDED']);
const MAY_PASS = new Set([...NOT_DONE, 'EXTERNAL_SERVICE_ERROR', 'NETWORK_ERROR']);
/** What Node says when no connection was made; browsers do not tell. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
/** Seconds; what asks to be left alone for longer is told to the caller at once. */
const LONGEST_WAIT = 60;

export const mayPass = ({ code }: TidingsError) => MAY_PASS.has(code);

export interface Tries {
  /** How often a call is tried in all. */
  tries: number;
  /** Seconds before the second try; twice as long before each one after it. */
  wait: number;
}

export const sleep = (seconds: number) => new Promise<void>((done) => setTimeout(done, seconds * 1000));

/** Seconds before the next try: what the server asked for, or twice as long each time, never at the same moment as others. */
export function pause(error: TidingsError, tried: number, wait: number): number {
  const asked = error.details['retryAfterSeconds'];
  return typeof asked === 'number' ? asked : wait * 2 ** (tried - 1) * (0.5 + Math.random());
}

/**
 * Calls until it is answered. What failed for a reason that may pass is tried again when it was surely not done, or
 * when doing it twice does no harm.
 */
export async function retried<T>(call: () => Promise<T>, harmless: boolean, { tries, wait }: Tries): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof TidingsError) || tried >= tries) throw error;
      if (!(harmless ? mayPass(error) : NOT_DONE.has(error.code) || notSent(error))) throw error;
      const seconds = pause(error, tried, wait);
      if (seconds > LONGEST_WAIT) throw error;
      await sleep(seconds);
    }
  }
}

function notSent({ cause }: Error): boolean {
  const below = cause instanceof Error ? cause.cause : undefined;
  return below instanceof Error && 'code' in below && NOT_SENT.has(String(below.code));
}

export interface Answer {
  data?: Record<string, unknown> | null;
  errors?: Refusal[];
}

/** One request. Throws a TidingsError for whatever is no 2xx with JSON, but returns refusals that are GraphQL's own. */
export async function request(url: string, init: RequestInit, seconds: number): Promise<Answer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(seconds * 1000) });
    text = await response.text();
  } catch (error) {
    throw new TidingsError(`No answer from ${new URL(url).origin}: ${String(error)}`, [], { cause: error });
  }
  const body = parsed(text);
  if (body?.errors?.length) throw TidingsError.refused(body.errors);
  if (!response.ok || body === null) throw unreadable(response);
  return body;
}

function parsed(text: string): Answer | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' ? (body as Answer) : null;
  } catch {
    return null;
  }
}

/** What stands before the server answered instead of it. */
function unreadable({ status, headers }: Response): TidingsError {
  const message = `The answer has status ${status} and is none of Tidings.`;
  const seconds = Number(headers.get('retry-after') ?? NaN);
  if (status !== 429) return new TidingsError(message);
  const details = Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : null;
  return TidingsError.refused([{ message, extensions: { code: 'RATE_LIMIT_EXCEEDED', details } }]);
}
