// Receives webhooks of Tidings, wherever there are Request and Response: Deno.serve, Bun.serve, a route of Next.js or
// Hono, a Worker. npm install standardwebhooks

import { Webhook, WebhookVerificationError } from 'standardwebhooks';

export interface Told {
  event: string;
  timestamp: string;
  data: Record<string, unknown>;
}

// Keep it in your database, with what you do of an event.
const seen = new Set<string>();

export function receiver(secret: string, handle: (told: Told) => void): (request: Request) => Promise<Response> {
  // A secret of your own choice is its own key; one that begins with whsec_ is base64.
  const verifier = secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' });

  return async (request) => {
    const body = await request.text();
    let told: Told;
    try {
      told = verifier.verify(body, Object.fromEntries(request.headers)) as Told;
    } catch (error) {
      if (error instanceof WebhookVerificationError) return new Response(null, { status: 401 });
      throw error;
    }
    // At least once: the same event comes again under the same id, after a lost answer or a replay.
    const id = request.headers.get('webhook-id') ?? '';
    if (!seen.has(id)) {
      handle(told);
      seen.add(id);
    }
    return new Response(null, { status: 204 });
  };
}
