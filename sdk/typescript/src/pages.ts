/** A page of any connection. */
export interface Page<Node> {
  edges: readonly { node: Node }[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
}

/**
 * Every node of a connection, page by page, read as they are wanted:
 * `for await (const contact of each((after) => tidings.contacts({ after }))) …`
 */
export async function* each<Node>(read: (after: string | null) => Promise<Page<Node>>): AsyncGenerator<Node> {
  for (let after: string | null = null; ; ) {
    const { edges, pageInfo } = await read(after);
    for (const { node } of edges) yield node;
    if (!pageInfo.hasNextPage) return;
    after = pageInfo.endCursor ?? null;
  }
}
