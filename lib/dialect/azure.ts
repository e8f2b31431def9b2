/** Azure OpenAI's formats: OpenAI's, with a path and a credential of its own. */
import type { Dialect, PathModel } from "./dialect.ts";
import { openai } from "./openai.ts";

/**
 * Not its newer paths, `/openai/v1/…`, which are OpenAI's and not Azure's alone, unless they come with
 * Azure's credential. https://learn.microsoft.com/azure/ai-services/openai/reference
 */
const AZURE_PATH = /^\/openai\/(?!v\d)/i;
const NEWER_PATH = /^\/openai\/v\d/i;

const DEPLOYMENTS = "/deployments/";

/** How a call on a deployment ends, under any prefix: an alias before it may have slashes. */
const CALL = new RegExp(
  "/(?:(?:extensions/)?chat/completions|completions|embeddings|audio/\\w+|images/\\w+(?:/\\w+)?" +
    "|responses|realtime)/?$",
  "i",
);

export const azure: Dialect = {
  ...openai,
  name: "azure",
  speaks: (path, headers) =>
    modelInPath(path) !== undefined || AZURE_PATH.test(path) ||
    (NEWER_PATH.test(path) && headers.some(([name]) => name.toLowerCase() === "api-key")),
  modelInPath,
  // Realtime has its deployment there.
  queryModels: ["deployment", "model"],
  credentialHeader: "api-key",
};

/**
 * A deployment's name is one segment, and decides: clients that were given it write anything as
 * `model`, such as `<ignored>`. https://github.com/openai/openai-python/blob/main/examples/azure.py
 */
function modelInPath(path: string): PathModel | undefined {
  // Azure's paths have no case.
  const mark = path.toLowerCase().indexOf(DEPLOYMENTS);
  if (mark < 0) return undefined;
  const start = mark + DEPLOYMENTS.length;
  const length = nameLength(path.slice(start), path.slice(0, mark));
  if (length === 0) return undefined;
  return { start, end: start + length, slash: "encoded", elsewhere: "ignored" };
}

/** Whatever else is asked of a deployment is told by the prefix: others have deployments, too. */
function nameLength(rest: string, prefix: string): number {
  const call = CALL.exec(rest);
  if (call !== null) return call.index;
  const [segment = ""] = rest.split("/", 1);
  return /\/openai$/i.test(prefix) ? segment.length : 0;
}
