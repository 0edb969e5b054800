// Serves examples/webhook_receiver.ts, as tsc has made it, over HTTP; prints its port, then the name of each event.

import { createServer } from 'node:http';
import { receiver } from './node_modules/.receiver/webhook_receiver.js';

const take = receiver(process.env.WEBHOOK_SECRET, ({ event }) => console.log(event));

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = `http://${request.headers.host}${request.url}`;
  const answer = await take(
    new Request(url, { method: request.method, headers: request.headers, body: Buffer.concat(chunks) }),
  );
  response.writeHead(answer.status).end();
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
