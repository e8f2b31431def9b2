/** Files and directories with two purposes, of which one would destroy what is the other's. */
import { resolve } from "node:path";
import { envFilePath } from "./read_env_file.ts";
import { pathSettings } from "./path_settings.ts";
import { type Fault, findPlace, type Place } from "./place.ts";
import { formatPath, type Path } from "./problem.ts";

export interface PurposeOptions {
  readonly place: Place;
  /** The line of an offset. */
  readonly lineOf: (offset: number) => number;
  /** Where relative paths start. */
  readonly directory: string;
  /** The configuration file. */
  readonly file: string;
  /** Absolute paths of `${file:PATH}`. */
  readonly namedFiles: readonly string[];
  /** What two spellings of one file have in common, by absolute path; undefined for what is no file. */
  readonly identities: Identities;
}

export type Identities = ReadonlyMap<string, string | undefined>;

interface Purpose {
  /** The key; undefined for what has none. */
  readonly path: Path | undefined;
  /** Who needs it, for a message. */
  readonly words: string;
  readonly file: string;
  readonly use: "read" | "write" | "directory";
}

/** What SQLite keeps beside its file. https://www.sqlite.org/tempfiles.html */
const SQLITE_FILES = ["-wal", "-shm", "-journal"];

/** Every path whose identity counts, absolute. */
export function purposePaths(value: unknown, options: Omit<PurposeOptions, "identities">) {
  return purposesOf(value, options).map(({ file }) => file);
}

/** A fault for each that is somebody else's already; those who only read may share. */
export function checkPurposes(value: unknown, options: PurposeOptions): readonly Fault[] {
  const seen: (Purpose & { readonly identity: string })[] = [];
  return purposesOf(value, options).flatMap((purpose) => {
    const identity = options.identities.has(purpose.file)
      ? options.identities.get(purpose.file)
      : purpose.file;
    // A device, such as /dev/stdout, is nobody's.
    if (identity === undefined) return [];
    const other = seen.find((before) =>
      before.identity === identity && before.words !== purpose.words &&
      (before.use !== "read" || purpose.use !== "read")
    );
    seen.push({ ...purpose, identity });
    return other === undefined ? [] : shared(purpose, other, options);
  });
}

function purposesOf(
  value: unknown,
  { directory, file, namedFiles }: Omit<PurposeOptions, "identities">,
): readonly Purpose[] {
  const envPath = envFilePath(file);
  const settings = pathSettings(value).map(({ path, written, use }): Purpose => {
    return { path, words: formatPath(path), file: resolve(directory, written), use };
  });
  const histories = settings.filter(({ words }) => words === "history.file");
  return [
    { path: undefined, words: "the configuration", file: resolve(file), use: "read" },
    ...(envPath === undefined ? [] : [envPath]).map((file): Purpose => {
      return { path: undefined, words: ".env, which feeds placeholders", file, use: "read" };
    }),
    ...namedFiles.map((named): Purpose => {
      return { path: undefined, words: "a ${file:…} placeholder", file: named, use: "read" };
    }),
    ...settings,
    ...histories.flatMap((history) =>
      SQLITE_FILES.map((end) => ({
        ...history,
        words: `history.file (SQLite keeps ${end} beside it)`,
        file: history.file + end,
      }))
    ),
  ];
}

function shared(purpose: Purpose, other: Purpose, options: PurposeOptions): readonly Fault[] {
  const isWritten = ({ path }: Purpose) =>
    path !== undefined && findPlace(options.place, path).found;
  const [at, beside] = !isWritten(purpose) && isWritten(other)
    ? [other, purpose]
    : [purpose, other];
  const { path = [] } = at;
  const { offset } = findPlace(options.place, path).place;
  const kind = at.use === "directory" && beside.use === "directory" ? "directory" : "file";
  const message = `leads to the ${kind} of ${beside.words}${lineIn(beside, options)} too: ` +
    `${at.file}; two purposes cannot share one, so write another path`;
  return [{ offset, path, message }];
}

function lineIn({ path }: Purpose, { place, lineOf }: PurposeOptions): string {
  if (path === undefined) return "";
  const found = findPlace(place, path);
  return found.found ? ` on line ${lineOf(found.place.offset)}` : " (its default)";
}
