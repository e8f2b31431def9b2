import { meantElsewhere } from "./meant_elsewhere.ts";
import { didYouMean } from "./nearest.ts";
import { hasPlaceholder } from "./placeholders.ts";
import { type Fault, findPlace, type Place } from "./place.ts";
import type { Path } from "./problem.ts";
import type { Issue } from "./schema.ts";
import { mayHoldSecret } from "./secret_paths.ts";

/** What the schema found wrong as sentences, each where its value, or its unknown key, was written. */
export function shapeFaults(issues: readonly Issue[], root: Place): readonly Fault[] {
  return plainIssues(issues).flatMap((issue) =>
    issue.code === "unrecognized_keys" ? unknownKeys(issue, root) : [shapeFault(issue, root)]
  );
}

/** The issues with those of a union replaced by those of the one member that was meant. */
export function plainIssues(issues: readonly Issue[]): readonly Issue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "invalid_union") return [issue];
    const meant = issue.errors.filter((member) => !member.some(isWholeMismatch));
    const only = meant.length === 1 ? meant[0] : undefined;
    if (only === undefined) return [issue];
    return plainIssues(only.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })));
  });
}

function isWholeMismatch({ code, path }: Issue): boolean {
  return code === "invalid_type" && path.length === 0;
}

function unknownKeys(issue: Issue & { code: "unrecognized_keys" }, root: Place): readonly Fault[] {
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    const here = issue.message.split(", ");
    const near = didYouMean(key, here) || meantElsewhere(key, here);
    const message = `unknown key${near || `; the keys here are ${issue.message}`}`;
    return { offset: findPlace(root, path).place.keyOffset, path, message };
  });
}

/** A value that is of the right shape, and still not right. */
export function valueFault(
  path: Path,
  { root, message }: { readonly root: Place; readonly message: string },
): Fault {
  return shapeFault({ code: "custom", path, message }, root);
}

function shapeFault(
  { code, path, message }: Pick<Issue, "code" | "message"> & { readonly path: Path },
  root: Place,
): Fault {
  const { place, found } = findPlace(root, path);
  const { offset } = place;
  if (!found) return { offset, path, message: `is missing; it ${message}` };
  const value = code === "invalid_type" || !/^a /.test(place.written) ? shown(path, place) : "";
  const fix = value === "empty" && message.startsWith("must be a mapping") ? INDENT : "";
  return { offset, path, message: value === "" ? message : `${message}, not ${value}${fix}` };
}

const INDENT = "; indent what belongs to it below it, or leave it out";

/**
 * Nothing for a credential or a URL that may hold one, be it in what was cut off; stars for what looks
 * like one elsewhere, and for a placeholder's default.
 */
function shown(path: Path, { written }: Place): string {
  if (mayHoldSecret(path)) return "";
  if (path.includes("url") && /[@?#]|\.\.\."?$/.test(written)) return "";
  const masked = written.replace(
    /\$\{[^}]*:-[^}]*/g,
    (placeholder) => placeholder.replace(/:-.*/s, ":-****"),
  )
    .replace(/\b(?:sk|pk|gsk|xai)-[\w-]{6,}|AIza[\w-]{6,}/g, "****");
  return hasPlaceholder(written) ? `what ${masked} gives` : masked;
}
