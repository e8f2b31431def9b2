/** Whether a request's body may be where its model stands. */

/** Where the vendors' clients put files: what they send there has no model among its fields. */
const FILES = /\/(?:files|uploads|skills|containers)(?:\/|$)/;

/** Here Google's own client calls any bytes JSON. https://ai.google.dev/gemini-api/docs/files */
const GOOGLE_UPLOAD = /^\/upload\/v1/;

/** JSON, form fields, and what may be JSON under another name. */
const READABLE = /^\s*(?:text\/|application\/(?:[\w.+-]*json|x-www-form-urlencoded|x-ndjson))/i;

/**
 * Whether the body has to be read to know the model. Files do not name one: their form, or their bytes,
 * can be sent on as they come in.
 *
 * @param path without its query
 */
export function bodyNamesModel(path: string, contentType: string | undefined): boolean {
  if (GOOGLE_UPLOAD.test(path)) return false;
  if (contentType === undefined || READABLE.test(contentType)) return true;
  return /^\s*multipart\/form-data/i.test(contentType) && !FILES.test(path);
}
