/** How long the demo's providers take: long enough to be watched. Milliseconds. */

/** Until a provider refuses or breaks. */
export const FAILURE_MS = 150;

/** Until a provider begins to answer. */
export const THINKING_MS = 300;

/** Between one token and the next: 20 to 60. */
export function tokenMs(): number {
  return 20 + Math.random() * 40;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The same items with a token's pause before each but the first. */
export async function* paced<T>(items: Iterable<T>): AsyncGenerator<T> {
  let first = true;
  for (const item of items) {
    if (!first) await pause(tokenMs());
    first = false;
    yield item;
  }
}
