/** Azure OpenAI's formats: OpenAI's, with a path and a credential of its own. */
import type { Dialect, PathModel } from "./dialect.ts";
import { openai } from "./openai.ts";

/**
 * Not its newer paths, `/openai/v1/…`, which are OpenAI's and not Azure's alone, unless they come with
 * Azure's credential. https://learn.microsoft.com/azure/ai-services/openai/reference
 */
const AZURE_PATH = /^\/openai\/(?!v\d)/i;
const NEWER_PATH = /^\/openai\/v\d/i;

/** A call on a deployment, under any prefix; an alias may have slashes. Azure's paths have no case. */
const CALL = new RegExp(
  "^((?:.*?/)?deployments/)(.+?)/(?:(?:extensions/)?chat/completions|completions|embeddings" +
    "|audio/\\w+|images/\\w+(?:/\\w+)?|responses|realtime)/?$",
  "i",
);

/** Whatever else is asked of a deployment. */
const DEPLOYMENT = /^((?:.*?\/)?openai\/deployments\/)([^/]+)(?:\/.*)?$/i;

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
  const [, before, model] = CALL.exec(path) ?? DEPLOYMENT.exec(path) ?? [];
  if (before === undefined || model === undefined) return undefined;
  const end = before.length + model.length;
  return { start: before.length, end, slash: "encoded", elsewhere: "ignored" };
}
