/** What is found where a request is held against the models that its caller may use. */

export type ModelFinding =
  /** `name` is undefined where it is no text, or too long; `where` is for a person. */
  | { readonly kind: "other_model"; readonly name: string | undefined; readonly where: string }
  /** Servers may differ on what it says; `why`, and what to do, for a person. */
  | { readonly kind: "unclear"; readonly why: string };

/** Whether the caller may use a model by this name. It is not asked of an empty one, which names none. */
export type Allows = (name: string) => boolean;

/** @param why a clause, for a person, and what to do about it */
export function unclear(why: string): ModelFinding {
  return { kind: "unclear", why };
}
