/** A target or a body as it may stand at a backend: the model's name where the alias stood. */
import { Buffer } from "node:buffer";
import { jsonModelPlaces, type Place, textOf } from "./json_model_places.ts";

export type Models = ReadonlyMap<string, ReadonlySet<string>>;

/** Gemini's `…/models/ALIAS:method`, and Azure's `…/deployments/ALIAS/…`. */
const IN_PATH = /^([^?]*\/(?:models|deployments)\/)([^:?]+?)((?::[^/?]*|\/[^?]*)?(?:\?.*)?)$/s;
const IN_QUERY = /^([^?]*\?(?:.*&)?(?:model|deployment)=)([^&]*)(.*)$/s;

/** The target with a model's name for an alias; none where it names no alias. */
export function renamedTargets(target: string, models: Models): string[] {
  return [IN_PATH, IN_QUERY].flatMap((pattern) => {
    const [, before = "", alias = "", after = ""] = pattern.exec(target) ?? [];
    return [...models.get(percentDecoded(alias)) ?? []].flatMap((model) => {
      const name = encodeURIComponent(model);
      return [name, name.replaceAll("%2F", "/"), model].map((name) => before + name + after);
    });
  });
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The body with a model's name at every place of an alias; none where it names no alias. */
export function renamedBodies(body: Buffer, contentType: string, models: Models): Buffer[] {
  const boundary = /^multipart\/form-data\b.*?\bboundary="?([^";]+)/is.exec(contentType)?.[1];
  return boundary === undefined ? renamedJson(body, models) : renamedForm(body, boundary, models);
}

/** The last of several decides which model it is, as for `JSON.parse`. */
function renamedJson(body: Buffer, models: Models): Buffer[] {
  const places = jsonModelPlaces(body);
  const last = places.at(-1);
  const written = last && textOf(body, last);
  if (written === undefined) return [];
  return ["", "models/"].filter((prefix) => written.startsWith(prefix)).flatMap((prefix) => {
    const named = [...models.get(written.slice(prefix.length)) ?? []];
    return named.map((model) => replaced(body, places, JSON.stringify(prefix + model)));
  });
}

/** https://www.rfc-editor.org/rfc/rfc7578#section-4 */
function renamedForm(body: Buffer, boundary: string, models: Models): Buffer[] {
  const places: Place[] = [];
  const head = /^content-disposition:[^\r\n]*\bname="?model"?[^\w]/im;
  for (let at = body.indexOf(`--${boundary}`); at >= 0;) {
    const next = body.indexOf(`\r\n--${boundary}`, at + 2);
    const start = body.indexOf("\r\n\r\n", at) + 4;
    if (next < 0 || start < 4 || start > next) break;
    if (head.test(body.toString("latin1", at, start))) places.push({ start, end: next });
    at = next + 2;
  }
  const [first] = places;
  const alias = first && body.toString("utf8", first.start, first.end);
  return [...models.get(alias ?? "") ?? []].map((model) => replaced(body, places, model));
}

function replaced(body: Buffer, places: readonly Place[], text: string): Buffer {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const { start, end } of places) {
    pieces.push(body.subarray(from, start), Buffer.from(text));
    from = end;
  }
  return Buffer.concat([...pieces, body.subarray(from)]);
}
