/**
 * The directories of request logs: made again where they are gone, and claimed, so that of several processes
 * that write to one of them a single one deletes what is old.
 */
import type { LoggingSettings } from "../config/snapshot.ts";
import { changeOf, seenAt, type SeenFile } from "../system/seen_file.ts";
import { DirectoryClaim } from "./directory_claim.ts";
import type { Finding, KeptFile } from "./kept_files.ts";
import { errorWords } from "../system/error_words.ts";

export interface LogPlacesOptions {
  /** Called when a directory is another than it was: what is in it has to be counted again. */
  readonly onChange: () => void;
  /** Called with a line for a person. */
  readonly warn: (line: string) => void;
  /** Whether directories are claimed for this process. */
  readonly claims: boolean;
}

export class LogPlaces implements KeptFile {
  readonly #options: LogPlacesOptions;
  #places: readonly Place[] = [];

  constructor(options: LogPlacesOptions) {
    this.#options = options;
  }

  /** Takes the directories; at the start and at each reload. */
  configure({ requestDir, errorDir }: Pick<LoggingSettings, "requestDir" | "errorDir">): void {
    const paths = [...new Set([requestDir, errorDir])].filter((path) => path !== "");
    const before = this.#places;
    this.#places = paths.map((path) => {
      return before.find((place) => place.path === path) ?? new Place(path, this.#options);
    });
    for (const place of before) if (!this.#places.includes(place)) place.leave();
  }

  /** Whether old logs in a directory are this process's to delete. Said once where they are not. */
  mayDeleteIn(path: string): boolean {
    return this.#places.find((place) => place.path === path)?.isOurs() ?? true;
  }

  async look(): Promise<readonly Finding[]> {
    const found = await Promise.all(this.#places.map((place) => place.look()));
    const findings = found.filter((finding) => finding !== undefined);
    if (findings.length > 0) this.#options.onChange();
    return findings;
  }

  /** Leaves the directories to others. */
  close(): void {
    for (const place of this.#places) place.leave();
    this.#places = [];
  }
}

/** One of them. */
class Place {
  readonly path: string;
  readonly #options: LogPlacesOptions;
  readonly #claim: DirectoryClaim;
  #seen: SeenFile = { kind: "missing" };
  #isShared = false;
  #isFailing = false;

  constructor(path: string, options: LogPlacesOptions) {
    this.path = path;
    this.#options = options;
    this.#claim = new DirectoryClaim(path);
  }

  isOurs(): boolean {
    const isOurs = !this.#options.claims || this.#claim.take();
    if (isOurs === this.#isShared) this.#tell(!isOurs);
    return isOurs;
  }

  leave(): void {
    this.#claim.leave();
  }

  async look(): Promise<Finding | undefined> {
    const now = await seenAt(this.path, { followed: true });
    const change = changeOf(this.#seen, now);
    if (now.kind !== "unknown") this.#seen = now;
    const isGone = change === "gone" || this.#isFailing;
    if (isGone || (change !== undefined && now.kind !== "directory")) return await this.#restore();
    if (change !== undefined) this.leave();
    this.isOurs();
    if (change === undefined) return undefined;
    return {
      level: "warn",
      line: `The directory of request logs ${this.path} was deleted, moved away or mounted anew; ` +
        "logs go on in the one that is there now.",
    };
  }

  async #restore(): Promise<Finding | undefined> {
    const wasFailing = this.#isFailing;
    this.leave();
    try {
      await Deno.mkdir(this.path, { recursive: true, mode: 0o700 });
      this.#isFailing = false;
    } catch (cause) {
      this.#isFailing = true;
      const why = errorWords(cause);
      const line =
        `The directory of request logs ${this.path} is gone and cannot be made: ${why}. ` +
        "Request logs are lost until it can.";
      return wasFailing ? undefined : { level: "warn", line };
    }
    this.#seen = await seenAt(this.path, { followed: true });
    this.isOurs();
    const line = wasFailing
      ? `The directory of request logs ${this.path} is there again.`
      : `The directory of request logs ${this.path} was deleted or moved away, with the logs in it; ` +
        "it is made again.";
    return { level: "warn", line };
  }

  #tell(isShared: boolean): void {
    this.#isShared = isShared;
    this.#options.warn(
      isShared
        ? `Another llm-proxy keeps request logs in ${this.path}, too: both write there, and old logs ` +
          "are deleted by that one alone. Give each its own directories if that is not meant."
        : `No other llm-proxy keeps request logs in ${this.path} any more: old ones are deleted by this one.`,
    );
  }
}
