/**
 * What of a request some server may read as a model that its caller may not use. It is looked for where
 * a caller is held to a list: in the query, the headers and the body, as any of the readers would
 * read them that backends are known to have. What cannot be read surely is said to be so.
 */
import {
  headerNamesModel,
  METHOD_HEADERS,
  PATH_HEADERS,
  ROUTING_HEADERS,
} from "../dialect/model_names.ts";
import { type Allows, type ModelFinding, unclear } from "./model_finding.ts";
import { otherInBody } from "./other_in_body.ts";
import { otherInParameters } from "./other_in_form.ts";
import type { Received } from "./receive.ts";

/** The first that is found; undefined where every reader sees allowed models alone. */
export function otherModelIn(received: Received, allows: Allows): ModelFinding | undefined {
  return inQuery(received.target, allows) ?? inHeaders(received, allows) ??
    otherInBody(received, allows);
}

/** As it stands, and once decoded: some decode before they split. */
function inQuery(target: string, allows: Allows): ModelFinding | undefined {
  // A server may take a "#" for a character like any other.
  if (target.includes("#")) return unclear(`its URL has a "#". Leave it out`);
  const mark = target.indexOf("?");
  if (mark < 0) return undefined;
  const query = target.slice(mark + 1);
  const options = { allows, place: "the query" };
  return otherInParameters(query, options) ?? otherInParameters(decodedOnce(query), options);
}

function decodedOnce(query: string): string {
  return query.replace(/%[\da-f]{2}/gi, (escape) => {
    return String.fromCharCode(parseInt(escape.slice(1), 16));
  });
}

function inHeaders(
  { headers, method, target, path }: Received,
  allows: Allows,
): ModelFinding | undefined {
  for (const [written, value] of headers) {
    const name = written.toLowerCase();
    const says = METHOD_HEADERS.has(name)
      ? value === method
      : !PATH_HEADERS.has(name) || value === target || value === path;
    if (ROUTING_HEADERS.has(name) || !says) {
      return unclear(`its header ${name} may ask for another call. Leave it out`);
    }
    if (!headerNamesModel(name)) continue;
    const other = value.split(",").map((each) => each.trim())
      .find((each) => each !== "" && !allows(each));
    if (other !== undefined) {
      return { kind: "other_model", name: other, where: `the header ${name}` };
    }
  }
  return undefined;
}
