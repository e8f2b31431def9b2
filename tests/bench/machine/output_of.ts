/** Runs a command to its end; what it wrote to both outputs, or undefined where there is no such command. */
export async function outputOf(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string | undefined> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      ...options,
    }).output();
    const text = `${decode(stdout)}${decode(stderr)}`.trim();
    if (!success) throw new Error(`${command} ${args.join(" ")} failed: ${text}`);
    return text;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw cause;
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
