/** What providers really answered, where those recordings are at hand. */
const DIRECTORY = new URL("../../../shared/recorded/", import.meta.url);

/** A test with a recorded body; ignored, and named so, where there is no recording. */
export function testRecorded(
  name: string,
  path: string,
  test: (body: string) => Promise<void>,
): void {
  const body = textAt(new URL(path, DIRECTORY));
  if (body !== undefined) return Deno.test(`${name} (recorded: ${path})`, () => test(body));
  Deno.test.ignore(`${name} (skipped: no recording ${path} is at hand)`, () => {});
}

function textAt(url: URL): string | undefined {
  try {
    return Deno.readTextFileSync(url);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw cause;
  }
}
