/** Whether a page's commands can be typed here. */

/** What a reader of the pages has, and a test cannot bring along. */
const NEEDED = ["bash", "curl", "openssl"];

/** Empty where they can; else what is missing, for the name of a test that is left out. */
export const WHY_NOT_TYPED: string = whyNot();

function whyNot(): string {
  if (Deno.build.os === "windows") return " (left out: it wants a POSIX shell)";
  const missing = NEEDED.filter((name) => !isThere(name));
  return missing.length === 0 ? "" : ` (left out: no ${missing.join(", ")} here)`;
}

export function isThere(name: string): boolean {
  try {
    return new Deno.Command(name, {
      args: ["--version"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    })
      .outputSync().code >= 0;
  } catch {
    return false;
  }
}
