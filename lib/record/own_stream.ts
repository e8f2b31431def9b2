/** Paths that mean the program's own output, which is not to be opened again. */

type Append = (path: string, text: string) => Promise<void>;

const STDOUT: ReadonlySet<string> = new Set(["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]);
const STDERR: ReadonlySet<string> = new Set(["/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"]);

/** How to write where such a path leads; undefined for any other. What the console shows is on stderr. */
export function ownStream(path: string): Append | undefined {
  if (STDOUT.has(path)) return writeToStdout;
  return STDERR.has(path) ? shownAlready : undefined;
}

const writeToStdout: Append = async (_, text) => {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
};

const shownAlready: Append = () => Promise.resolve();
