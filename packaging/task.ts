/** Runs a task's work; what is wrong is told in its own words, without a stack, with exit status 1. */
export async function runTask(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    // deno-lint-ignore no-console -- a task's words
    console.error(cause instanceof Error ? cause.message : cause);
    Deno.exit(1);
  }
}
