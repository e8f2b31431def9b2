/** Copies a file, or a folder with all that is in it, making the folders on the way. */
export async function copy(from: URL, to: URL): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (!isDirectory) {
    await Deno.mkdir(new URL("./", to), { recursive: true });
    return await Deno.copyFile(from, to);
  }
  for await (const { name } of Deno.readDir(from)) {
    await copy(new URL(name, `${from.href}/`), new URL(name, `${to.href}/`));
  }
}
