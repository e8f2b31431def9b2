/** What an error says against a route: where the request brought it about, nothing. */
import type { ErrorClass } from "./error_class.ts";
import type { Circumstances, Scope } from "./judge.ts";

/** Whose account a request goes out on, and who named what is in it. */
export type Sent = Pick<Circumstances, "auth" | "origin">;

/** What is taken out of use for an error inside a reply that was to be an answer, or after it began. */
export function blamedFor(about: ErrorClass, sent: Sent): Scope {
  switch (about.kind) {
    case "too_long":
    case "flagged":
      return "nothing";
    case "no_money":
      return accountOf(sent);
    case "refused_key":
      return sent.auth === "passthrough" ? "nothing" : "route";
    case "model_unknown":
      return isUnknownHere(about, sent) && !isDoubtful(about, sent) ? "route" : "nothing";
    case "page":
    case "other":
      return "route";
  }
}

/** The account of whoever's key was sent: one poor key benches nobody else. */
export function accountOf({ auth, origin }: Sent): Scope {
  return auth === "passthrough" && origin.hasCallersKey() ? "caller" : "route";
}

/**
 * What an error that does not know the model takes out of use: the route, where it can only mean the very
 * name that the route wrote.
 */
export function unknownModelScope(about: ErrorClass, sent: Sent): Scope {
  if (about.kind !== "model_unknown" || about.name === undefined || about.isNested) {
    return "nothing";
  }
  return sent.origin.wrote(about.name) && !isDoubtful(about, sent) ? "route" : "nothing";
}

/** Whether the caller sends the name as well: the error may be about either. */
function isDoubtful({ name }: ModelUnknown, { origin }: Sent): boolean {
  return name !== undefined && origin.sends(name);
}

/**
 * Whether an error may be of this backend alone: it names no model, the one that our route wrote, or one
 * that the vendor knows ours by. A name of the caller's own would not be known elsewhere either.
 */
export function isUnknownHere(about: ErrorClass, { origin }: Sent): boolean {
  if (about.kind !== "model_unknown" || about.isNested) return false;
  return about.name === undefined || origin.wrote(about.name) || !origin.sends(about.name);
}

type ModelUnknown = ErrorClass & { readonly kind: "model_unknown" };

/** What an error is about, as it goes on in a reason. */
export function aboutWords(about: ErrorClass): string {
  switch (about.kind) {
    case "no_money":
      return ", the account is out of money";
    case "refused_key":
      return ", the key is refused";
    case "too_long":
      return ", the request is too long for it";
    case "flagged":
      return ", the prompt was flagged";
    case "model_unknown":
      return ", the model is not known there";
    case "page":
    case "other":
      return "";
  }
}
