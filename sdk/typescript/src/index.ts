export { Tidings, type Options, type Tokens } from './client.js';
export { TidingsError, type Code, type Refusal } from './errors.js';
export { each, type Page } from './pages.js';
export type * from './generated.js';
