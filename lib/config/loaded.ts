/** What loading a configuration is given, and what comes of it. */
import type { Machine } from "./machine.ts";
import type { Parsed } from "./parsed.ts";
import type { Problem } from "./problem.ts";
import type { EnvFileText } from "./read_env_file.ts";
import type { ListenAddress, Snapshot } from "./snapshot.ts";

/** A configuration that can be put in force, or everything that is wrong with it. */
export type Loaded = LoadedSnapshot | LoadedProblems;

export interface LoadedSources {
  /** Absolute paths of `.env`, the `${file:PATH}` placeholders and PEM files. */
  readonly dependencies: readonly string[];
  /** The same for the same content of the file and its dependencies. */
  readonly fingerprint: string;
}

export interface LoadedSnapshot extends LoadedSources {
  readonly ok: true;
  readonly snapshot: Snapshot;
  readonly sources: ConfigSources;
}

/** Plain values that the same configuration can be made of again, whatever the files say by then. */
export interface ConfigSources extends Omit<LoadOptions, "env"> {
  readonly file: string;
  readonly text: string;
  /** What was read besides, by absolute path. */
  readonly files: ReadonlyMap<string, Parsed<string>>;
  /** What `.env` was. */
  readonly envFile: EnvFileText;
}

export interface LoadedProblems extends LoadedSources {
  readonly ok: false;
  /** Those of `.env` first, then those of the configuration, sorted by position. */
  readonly problems: readonly Problem[];
  /** Whether files could not be read for want of descriptors or memory, and may be right. */
  readonly isPassing: boolean;
}

export interface LoadOptions {
  readonly revision: number;
  readonly env: (name: string) => string | undefined;
  /** On a reload, where the proxy really listens until it is restarted. */
  readonly listening?: ListenAddress | undefined;
}

export interface ParseOptions extends LoadOptions {
  /** The configuration file: for messages, and because relative paths start in its directory. */
  readonly file: string;
  /** Reads the file of a `${file:PATH}`, or a PEM file, by its absolute path. */
  readonly read: (path: string) => Promise<Parsed<string>>;
  /** Reads `.env` by its absolute path; undefined where there is none to be looked for. */
  readonly readEnvFile?: ((path: string, configFile: string) => Promise<EnvFileText>) | undefined;
  /** Asked which files are one, and which addresses are its own; undefined where that is known to be right. */
  readonly machine?: Machine | undefined;
}
