/** Where a request names its model: each place, and how a name is written there. */
import type { PathModel } from "../dialect/dialect.ts";
import type { Span } from "./json_string.ts";

/** No vendor's model, deployment or ARN has a name near that; a longer one is nobody's, and is not decoded. */
export const LONGEST_NAME_BYTES = 4096;

/**
 * One place. Its span is in characters of the target for `path` and `query`, in bytes of the (decoded)
 * body for the others.
 */
export type ModelPlace = PathPlace | QueryPlace | MultipartPlace | FormPlace | JsonPlace;

interface Place {
  readonly span: Span;
  /** As whoever reads the request would decode it; undefined where it is no text, too long or not plain. */
  readonly name: string | undefined;
}

/** A segment or more of the path, percent-encoded. */
export interface PathPlace extends Place, Pick<PathModel, "slash" | "elsewhere"> {
  readonly kind: "path";
}

/** The value of a parameter of the query. */
export interface QueryPlace extends Place {
  readonly kind: "query";
}

/** The content of a part of `multipart/form-data`. */
export interface MultipartPlace extends Place {
  readonly kind: "multipart";
  /** What must not stand in the content. One character a byte. */
  readonly boundary: string;
  /** The digits of the part's own Content-Length; undefined where it has none. */
  readonly length: Span | undefined;
}

/** The value of a parameter of a body that is `application/x-www-form-urlencoded`. */
export interface FormPlace extends Place {
  readonly kind: "form";
}

/** A JSON value, a string's quotes included. */
export interface JsonPlace extends Place {
  readonly kind: "json";
  /** What stands before the name within the string, and stays: `models/` or nothing. */
  readonly prefix: string;
}

/** Whether it is nobody's name, and not to be decoded and looked for. */
export function isNameLong({ start, end }: Span): boolean {
  return end - start > LONGEST_NAME_BYTES;
}
