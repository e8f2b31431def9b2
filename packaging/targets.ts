/** The systems that a release is built for, under the names that Deno and people give them. */
export interface Target {
  /** As `deno compile --target` takes it. */
  readonly triple: string;
  /** As it stands in the names of archives. */
  readonly name: string;
  readonly archive: "tar.gz" | "zip";
}

export const TARGETS: readonly Target[] = [
  { triple: "x86_64-pc-windows-msvc", name: "windows-x64", archive: "zip" },
  { triple: "x86_64-unknown-linux-gnu", name: "linux-x64", archive: "tar.gz" },
  { triple: "aarch64-unknown-linux-gnu", name: "linux-arm64", archive: "tar.gz" },
  { triple: "x86_64-apple-darwin", name: "macos-x64", archive: "tar.gz" },
  { triple: "aarch64-apple-darwin", name: "macos-arm64", archive: "tar.gz" },
];
