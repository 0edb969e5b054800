// The reference server of graphql-transport-ws with a schema of the same shape as tests/graph/core/toy.py:
// node socket_server.mjs; reads the schema from standard input, prints its port, and ends with its parent.
import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const roots = {
  query: { hello: 'hello' },
  mutation: { enter: ({ secret }) => secret === 'right' },
  subscription: {
    async *numbers({ to }) {
      for (let number = 0; number < to; number++) {
        await new Promise(setImmediate);
        yield { numbers: String(number) };
      }
    },
  },
};
console.error = () => {}; // It says at length what it makes of wrong frames.
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/graphql', maxPayload: 256 * 1024 });
useServer(
  {
    schema: buildSchema(readFileSync(0, 'utf8')),
    roots,
    connectionInitWaitTimeout: 1500,
    onConnect: ({ connectionParams }) => 'Authorization' in (connectionParams ?? {}),
  },
  server,
);
server.on('listening', () => console.log(server.address().port));
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(), 500);
