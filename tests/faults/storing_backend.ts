/** A backend that stores files and knows only those that it stored itself, each under the key it came with. */
import { Buffer } from "node:buffer";
import type { Exchange, Script } from "../peer.ts";
import { type Answer, jsonAnswer } from "./answers.ts";

export interface StoringBackend {
  readonly script: Script;
  /** The key with which each file was stored, by the file's id. */
  readonly files: ReadonlyMap<string, string>;
}

/** @param name stands in the ids of its files */
export function storingBackend(name: string): StoringBackend {
  const files = new Map<string, string>();
  return {
    files,
    script: async (exchange) => {
      const key = keyOf(exchange);
      if (isUpload(exchange)) {
        const id = `file-${name}${files.size}`;
        files.set(id, key);
        return await exchange.write(fileAnswer(id).bytes);
      }
      const named = namedIn(exchange);
      const unknown = named.find((id) => files.get(id) !== key);
      const [id] = named;
      if (unknown !== undefined) return await exchange.write(noSuchFile(unknown).bytes);
      const isFile = exchange.request.target.startsWith("/v1/files/");
      const answer = isFile && id !== undefined ? fileAnswer(id) : replyOf(name);
      await exchange.write(answer.bytes);
    },
  };
}

/** What tells of a file. */
export function fileAnswer(id: string): Answer {
  return jsonAnswer(200, { id, object: "file", purpose: "user_data", filename: "a.txt" });
}

export function noSuchFile(id: string): Answer {
  const error = {
    message: `No such File object: ${id}`,
    type: "invalid_request_error",
    code: null,
  };
  return jsonAnswer(404, { error });
}

/** The answer of that backend to a chat. */
export function replyOf(name: string): Answer {
  return jsonAnswer(200, { choices: [{ message: { role: "assistant", content: name } }] });
}

function isUpload({ request: { method, target } }: Exchange): boolean {
  return method === "POST" && target === "/v1/files";
}

function keyOf({ request: { headers } }: Exchange): string {
  return headers.find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? "";
}

/** The files that a request names, in its path or in its body. */
function namedIn({ request: { target, body } }: Exchange): string[] {
  const text = `${target} ${Buffer.from(body).toString()}`;
  return [...text.matchAll(/file-[a-z]+\d+/g)].map(([id]) => id);
}
