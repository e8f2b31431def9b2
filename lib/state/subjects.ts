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
export type RoutePlace = Pick<Route, "model"> & { readonly backend: Pick<Backend, "name"> };

export function routeSubject({ backend, model }: RoutePlace): Subject {
  return JSON.stringify(["route", backend.name, model]);
}

export function keySubject(backend: Backend, key: string): Subject {
  return JSON.stringify(["key", backend.name, key]);
}

/** What a subject is made of. */
export interface SubjectPlace {
  readonly scope: "backend" | "route" | "key";
  readonly backend: string;
  /** The model of a route, the key of a pool; empty of a backend. */
  readonly rest: string;
}

export function placeOf(subject: Subject): SubjectPlace {
  const [scope, backend, rest = ""] = JSON.parse(subject);
  return { scope, backend, rest };
}

export function subjectsOf(route: Route, key: string | undefined): Subject[] {
  const both = [backendSubject(route.backend), routeSubject(route)];
  return key === undefined ? both : [...both, keySubject(route.backend, key)];
}

export function subjectOf(scope: Scope, { route, key }: Ticket): Subject | undefined {
  if (scope === "nothing") return undefined;
  if (scope === "route") return routeSubject(route);
  return scope === "key" && key !== undefined
    ? keySubject(route.backend, key)
    : backendSubject(route.backend);
}
