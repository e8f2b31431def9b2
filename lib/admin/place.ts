/** What a request asks for, whether a proxy before this port takes its own part of the path off or not. */
import type { PublicUrl } from "../config/public_url.ts";

export interface Place {
  /** As the table of routes has it. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Whether it is the public path without its last slash: what the page asks for would be beside it. */
  readonly lacksSlash: boolean;
}

export interface PlaceOptions {
  readonly publicUrl: PublicUrl | undefined;
  /** Whether the table of routes has this path. */
  readonly isRoute: (path: string) => boolean;
}

/**
 * Where a request target leads. A path of ours means itself, even below a public path of the same name;
 * anything else may begin with the public path.
 */
export function placeOf(target: string, { publicUrl, isRoute }: PlaceOptions): Place {
  const [whole = "", ...rest] = target.replace(/#.*$/s, "").split("?");
  const query = new URLSearchParams(rest.join("?"));
  // A proxy that puts "/" in place of a prefix without a slash leaves two of them.
  const path = whole.replace(/^\/+/, "/");
  const prefix = publicUrl?.path ?? "/";
  if (isRoute(path) || !`${path}/`.startsWith(prefix)) return { path, query, lacksSlash: false };
  const lacksSlash = path.length < prefix.length;
  const inner = path.slice(prefix.length).replace(/^\/+/, "");
  return { path: `/${inner}`, query, lacksSlash };
}
