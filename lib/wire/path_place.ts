/** Where a request's path names its model. */
import { type Dialect, dialectOf, type PathModel } from "../dialect/dialect.ts";
import type { RawHeaders } from "./headers.ts";
import type { PathPlace } from "./model_place.ts";
import { escapedBytes } from "./url_values.ts";

/**
 * The place, or undefined where the path names no model. It has no name where backends may disagree
 * about it: a path that leads elsewhere once `..` and needless percent-encodings are resolved.
 */
export function pathPlaceIn(
  path: string,
  headers: RawHeaders,
  dialect = dialectOf(path, headers),
): PathPlace | undefined {
  const place = placeIn(path, dialect);
  if (!path.includes("%")) return place;
  const bare = withoutNeedlessEscapes(path);
  const plain = placeIn(bare, dialectOf(bare, headers));
  if (plain === undefined) return place;
  return plain.name === place?.name && place !== undefined
    ? place
    : { ...place ?? plain, name: undefined };
}

function placeIn(path: string, dialect: Dialect): PathPlace | undefined {
  const model = dialect.modelInPath(path);
  if (model === undefined) return undefined;
  const { start, end, slash, elsewhere } = model;
  return { kind: "path", span: { start, end }, name: nameAt(path, model), slash, elsewhere };
}

function nameAt(path: string, { start, end }: PathModel): string | undefined {
  const leadsElsewhere = hasDotSegment(percentDecoded(path.slice(start)));
  return leadsElsewhere ? undefined : percentDecoded(path.slice(start, end));
}

/** Whether a decoded path has a segment that is no name but a way. Some servers take `\` for `/`. */
export function hasDotSegment(path: string): boolean {
  return path.split(/[/\\]/).some((segment) => segment === "." || segment === "..");
}

/** What is no percent-encoding stands for itself. */
function percentDecoded(written: string): string {
  try {
    return decodeURIComponent(escapedBytes(written));
  } catch {
    return written;
  }
}

/** Characters that mean the same either way. https://www.rfc-editor.org/rfc/rfc3986#section-2.3 */
const UNRESERVED = /^[\w.~-]$/;

function withoutNeedlessEscapes(path: string): string {
  return path.replace(/%[\da-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(parseInt(escape.slice(1), 16));
    return UNRESERVED.test(character) ? character : escape;
  });
}
