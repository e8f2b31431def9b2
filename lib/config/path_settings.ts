/** Every path that a configuration names under a key of its own, and what is done with what lies there. */
import { list, mapping } from "./loose.ts";
import type { Path } from "./problem.ts";

export interface PathSetting {
  readonly path: Path;
  /** As a person wrote it, or the default where nothing is written. */
  readonly written: string;
  readonly use: "read" | "write" | "directory";
}

/** Those that are written, or have a default, and are not turned off by an empty text. */
export function pathSettings(value: unknown): readonly PathSetting[] {
  const { tls, logging, history, fallback, backends } = mapping(value);
  const { cert, key } = mapping(tls);
  const { request_dir, error_dir, general_file } = mapping(logging);
  const all: readonly (readonly [Path, unknown, PathSetting["use"]])[] = [
    [["tls", "cert"], cert, "read"],
    [["tls", "key"], key, "read"],
    ...list(backends).map((backend, index) =>
      [["backends", index, "ca"], mapping(backend).ca, "read"] as const
    ),
    [["logging", "general_file"], general_file ?? "./logs/proxy.log", "write"],
    [["history", "file"], mapping(history).file ?? "./logs/history.db", "write"],
    [
      ["fallback", "stored_ids_file"],
      mapping(fallback).stored_ids_file ?? "./logs/stored-ids.jsonl",
      "write",
    ],
    [["logging", "request_dir"], request_dir ?? "./logs/requests", "directory"],
    [["logging", "error_dir"], error_dir ?? "./logs/errors", "directory"],
  ];
  return all.flatMap(([path, written, use]) =>
    typeof written === "string" && written !== "" ? [{ path, written, use }] : []
  );
}
