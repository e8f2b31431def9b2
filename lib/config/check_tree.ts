import { crossCheck, type CrossCheckOptions } from "./cross_checks.ts";
import { list, mapping } from "./loose.ts";
import { type Fault, findPlace } from "./place.ts";
import { formatPath } from "./problem.ts";
import { checkShape, type Config } from "./schema.ts";
import { withoutSecrets } from "./secret_paths.ts";
import { setAt } from "./set_at.ts";
import { plainIssues, shapeFaults } from "./shape_faults.ts";
import type { Tree } from "./tree.ts";

export interface CheckedTree {
  /** Only when there are no errors. */
  readonly config: Config | undefined;
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
}

export interface CheckTreeOptions extends Omit<CrossCheckOptions, "place"> {
  /** What may be shown nowhere, besides the credentials that stand where credentials stand. */
  readonly secrets: readonly string[];
}

/** The configuration that a tree means, or everything that is wrong with it; no credential in it. */
export function checkTree(tree: Tree, options: CheckTreeOptions): CheckedTree {
  if (tree.value === undefined) return { config: undefined, errors: tree.faults, warnings: [] };
  const { config, faults } = checkRetyped(tree);
  const cross = crossCheck(tree.value, { ...options, place: tree.place });
  const mask = masker(tree.value, options.secrets);
  const errors = withoutEchoes([...tree.faults, ...faults, ...cross.errors]).map(mask);
  const valid = errors.length === 0;
  return { config: valid ? config : undefined, errors, warnings: cross.warnings.map(mask) };
}

/**
 * Checks the shape, and once more with numbers and booleans where text is not what is wanted and that of
 * a placeholder stands for one: `max_retries: "${RETRIES:-2}"`.
 */
function checkRetyped({ value, place, retyped }: Tree) {
  const first = checkShape(value);
  const changes = plainIssues(first.issues).map(({ path }) => {
    const to = retyped.get(findPlace(place, path).place);
    return to !== undefined && setAt(value, { path, to });
  });
  const { config, issues } = changes.includes(true) ? checkShape(value) : first;
  return { config, faults: shapeFaults(issues, place) };
}

/** One value, one fault: what is unreadable also has the wrong shape, which is not worth a line. */
function withoutEchoes(faults: readonly Fault[]): readonly Fault[] {
  const seen = new Set<string>();
  return faults.filter(({ offset, path }) => {
    const key = `${offset} ${formatPath(path)}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Hides every configured credential, should a person have written one where values are shown. */
function masker(value: unknown, more: readonly string[]): (fault: Fault) => Fault {
  const { backends, clients, admin } = mapping(value);
  const keys = [
    mapping(admin).token,
    ...list(backends).map(mapping).flatMap(({ api_key, proxy, headers }) => [
      ...[api_key].flat(),
      ...Object.values(mapping(mapping(headers).set)),
      /:\/\/[^/@:]*:(.*)@/s.exec(String(proxy))?.[1],
    ]),
    ...list(clients).map((client) => mapping(client).key),
    ...more,
  ];
  const secrets = keys.flatMap((key) => typeof key === "string" && key.length >= 6 ? [key] : []);
  const hide = (text: string) =>
    secrets.reduce((shown, key) => shown.replaceAll(key, "****"), text);
  return (fault) => ({
    ...fault,
    path: withoutSecrets(fault.path),
    message: hide(fault.message),
  });
}
