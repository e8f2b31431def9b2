/**
 * What of a request some server may read as a model that its caller may not use. It is looked for where
 * a caller is held to a list: in the query, the headers and the body, as any of the readers would
 * read them that backends are known to have. What cannot be read surely is said to be so.
 */
import { foldedHeader, headerMeaning } from "../dialect/routing_headers.ts";
import { asksForWebSocket } from "../dialect/websocket.ts";
import { type Allows, type ModelFinding, unclear } from "./model_finding.ts";
import { otherInBody } from "./other_in_body.ts";
import { otherInParameters } from "./other_in_form.ts";
import type { Received } from "./receive.ts";

/** The first that is found; undefined where every reader sees allowed models alone. */
export function otherModelIn(received: Received, allows: Allows): ModelFinding | undefined {
  return inQuery(received.target, allows) ?? inCallOfSocket(received) ??
    inHeaders(received, allows) ??
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

/** What the query of a realtime session may say beside its model. */
const SESSION_PARAMETERS = /^(?:models?|deployment|api-version|intent)$/;

/** Anything else may name another caller's session or call, by its id. */
function inCallOfSocket(received: Received): ModelFinding | undefined {
  if (!asksForWebSocket(received)) return undefined;
  const [, query = ""] = /\?(.*)$/s.exec(received.target) ?? [];
  const other = query.split(/[&;?]/).map((parameter) => parameter.split("=", 1)[0] ?? "")
    .find((name) => name !== "" && !SESSION_PARAMETERS.test(name));
  if (other === undefined) return undefined;
  const name = JSON.stringify(other.slice(0, SHOWN_CHARACTERS));
  return unclear(`${name} in the query may name another caller's session. Leave it out`);
}

const SHOWN_CHARACTERS = 40;

function inHeaders(received: Received, allows: Allows): ModelFinding | undefined {
  for (const header of received.headers) {
    const finding = inHeader(header, received, allows);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

type Header = Received["headers"][number];

function inHeader(
  [written, value]: Header,
  { method, target, path }: Received,
  allows: Allows,
): ModelFinding | undefined {
  const name = written.toLowerCase();
  const meaning = headerMeaning(name);
  if (meaning === "none") return undefined;
  if (meaning === "framing") {
    return unclear(`some take its header ${name} for ${foldedHeader(name)}. Leave it out`);
  }
  if (meaning === "model") {
    const other = value.split(",").map((each) => each.trim())
      .find((each) => each !== "" && !allows(each));
    return other === undefined
      ? undefined
      : { kind: "other_model", name: other, where: `the header ${name}` };
  }
  const isSame = meaning === "method"
    ? value === method
    : meaning === "path" && (value === target || value === path);
  return isSame ? undefined : unclear(`its header ${name} may ask for another call. Leave it out`);
}
