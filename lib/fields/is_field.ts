/** Comparing a header field's name with one that is known. */

/** A name and its value. */
type Field = readonly [name: string, value: string];

/** Whether a field is of that name, which is lower-case. */
export function isField([key]: Field, name: string): boolean {
  // Most are of another length: it is asked some fifty times a request.
  return key.length === name.length && (key === name || key.toLowerCase() === name);
}
