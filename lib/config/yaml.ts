/** The parts of the YAML library that are used; its only importer. */
export { isAlias, isMap, isScalar, isSeq, parseDocument, visit } from "yaml";
export type { Pair, Scalar, YAMLError, YAMLMap } from "yaml";
