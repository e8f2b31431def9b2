/** A request as it may stand at a backend: the model's name wherever the alias stood. */
import { Buffer } from "node:buffer";
import { bodyNamings, type Naming, pathNamings, queryNamings } from "./model_places.ts";

export interface Content {
  /** Path and query, one byte a character. */
  readonly target: string;
  readonly body: Buffer;
}

export interface RenamingTerms {
  readonly contentType: string;
  readonly models: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Every way in which the request may be sent on. The path decides which model it is, then the query,
 * then the body, in each the last; one place at least is replaced, and of one place all. A name that is
 * no alias passes as it came, or takes the place of every other.
 */
export function renamings(content: Content, { contentType, models }: RenamingTerms): Content[] {
  const { target, body } = content;
  const path = pathNamings(target);
  const query = queryNamings(target);
  const inBody = bodyNamings(body, { contentType, target });
  const name = [path, query, inBody].find((place) => place.length > 0)?.at(-1)?.name;
  if (name === undefined) return [content];
  const named = models.get(name);
  const results = [...named ?? [name]].flatMap((model) => {
    const targets = [path, query].reduce(
      (targets, namings) =>
        targets.flatMap((target) => [target, ...replaced(target, namings, model)]),
      [{ text: target, shift: 0 }],
    );
    const text = body.toString("latin1");
    const bodies = inBody.length === 0 ? [] : replaced({ text, shift: 0 }, inBody, model);
    return targets.flatMap((target) =>
      [body, ...bodies.map(({ text }) => Buffer.from(text, "latin1"))].map((body) => {
        return { target: target.text, body };
      })
    );
  });
  const changed = results.filter((result) => result.target !== target || result.body !== body);
  return named === undefined || named.has(name) ? [content, ...changed] : changed;
}

/** Text, and how far what follows a replaced place in it has moved. */
interface Shifted {
  readonly text: string;
  readonly shift: number;
}

/** The text with the name in every one of these places, in each spelling. */
function replaced(given: Shifted, namings: readonly Naming[], model: string): Shifted[] {
  if (namings.length === 0) return [];
  const spellings = Math.max(...namings.map(({ spellings }) => spellings(model).length));
  return Array.from({ length: spellings }, (_, index) => {
    let { text, shift } = given;
    for (const { start, end, spellings } of namings) {
      const all = spellings(model);
      const spelling = Buffer.from(all[index] ?? all[0] ?? "").toString("latin1");
      text = text.slice(0, start + shift) + spelling + text.slice(end + shift);
      shift += spelling.length - (end - start);
    }
    return { text, shift };
  });
}
