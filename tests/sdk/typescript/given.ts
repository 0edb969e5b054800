// What a test gives on standard input, and the way to tell it what was seen.
import { readFileSync } from 'node:fs';

export interface Given {
  url: string;
  ws: string;
  line: string;
  email: string;
  password: string;
  ids: Record<string, string>;
}

export const given = JSON.parse(readFileSync(0, 'utf8')) as Given;
export const say = (what: object) => console.log(JSON.stringify(what));
