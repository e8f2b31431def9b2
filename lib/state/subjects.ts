/** What a cooldown is kept under: a backend, a route, or one key of a pool. */
import type { Backend, Route } from "../config/snapshot.ts";
import type { Scope } from "../policy/judge.ts";
import type { Ticket } from "./ticket.ts";

/** What a cooldown is kept under. */
export type Subject = string;

export function backendSubject({ name }: Pick<Backend, "name">): Subject {
  return JSON.stringify(["backend", name]);
}

/** A model of a backend: what routes of several aliases may share. */
export type RoutePlace =
  & Pick<Route, "model">
  & Partial<Pick<Route, "isInvented">>
  & { readonly backend: Pick<Backend, "name"> };

export function routeSubject({ backend, model, isInvented }: RoutePlace): Subject {
  return JSON.stringify([isInvented === true ? "invented" : "route", backend.name, model]);
}

/** A backend for whoever comes with one key of their own. @param digest stands for that key */
export function callerSubject({ name }: Pick<Backend, "name">, digest: string): Subject {
  return JSON.stringify(["caller", name, digest]);
}

/** Whether callers can think of any number of such subjects. */
export function isCallersOwn(subject: Subject): boolean {
  return subject.startsWith('["invented"') || subject.startsWith('["caller"');
}

export function keySubject(backend: Backend, key: string): Subject {
  return JSON.stringify(["key", backend.name, key]);
}

/** What a subject is made of. */
export interface SubjectPlace {
  readonly scope: "backend" | "route" | "key" | "caller";
  readonly backend: string;
  /** The model of a route, the key of a pool, the digest of a caller's; empty of a backend. */
  readonly rest: string;
}

export function placeOf(subject: Subject): SubjectPlace {
  const [scope, backend, rest = ""] = JSON.parse(subject);
  return { scope: scope === "invented" ? "route" : scope, backend, rest };
}

/** What an attempt is an attempt on. */
export type Attempted = Pick<Ticket, "route" | "key" | "callerKey">;

export function subjectsOf({ route, key, callerKey }: Attempted): Subject[] {
  const { backend } = route;
  const digest = callerKey();
  return [
    backendSubject(backend),
    routeSubject(route),
    ...key === undefined ? [] : [keySubject(backend, key)],
    ...digest === undefined ? [] : [callerSubject(backend, digest)],
  ];
}

export function subjectOf(scope: Scope, { route, key, callerKey }: Ticket): Subject | undefined {
  if (scope === "nothing") return undefined;
  if (scope === "route") return routeSubject(route);
  if (scope === "caller") {
    const digest = callerKey();
    return digest === undefined ? undefined : callerSubject(route.backend, digest);
  }
  return scope === "key" && key !== undefined
    ? keySubject(route.backend, key)
    : backendSubject(route.backend);
}
