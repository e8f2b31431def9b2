import type { Parsed } from "./parsed.ts";
import { parseRegexp, type RegexpNode } from "./regexp_syntax.ts";

/** Most steps a pattern may compile to; matching costs at most this many per character. */
const MAX_STEPS = 1000;

type Step =
  | { readonly kind: "character"; readonly accepts: (character: string) => boolean }
  | { readonly kind: "assertion"; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: "split"; readonly to: readonly [number, number] }
  | { readonly kind: "jump"; readonly to: number };

/**
 * Whether a text contains a match, in time linear in the text. The engine's own matcher backtracks:
 * `/^(a+)+$/` takes 20 s for 29 characters, and the text comes from a backend. All threads of the
 * pattern are followed at once instead (K. Thompson, CACM 11(6), 1968; swtch.com/~rsc/regexp).
 */
export function compileLinear(source: string, flags: string): Parsed<(text: string) => boolean> {
  const reason = syntaxError(source, flags);
  if (reason !== undefined) return { ok: false, reason };
  const parsed = parseRegexp(source, flags);
  if (!parsed.ok) return parsed;
  if (size(parsed.value) > MAX_STEPS) {
    return {
      ok: false,
      reason: "must be shorter, or repeat less: a large {n} multiplies its size",
    };
  }
  const steps: Step[] = [];
  emit(parsed.value, steps);
  return { ok: true, value: (text) => run(steps, text, flags.includes("u")) };
}

function syntaxError(source: string, flags: string): string | undefined {
  if (/[^imsu]/.test(flags)) return "must have no other flags than i, m, s and u";
  try {
    new RegExp(source, flags);
    return undefined;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return `must be a valid regular expression (${message.replace(/^.*: /s, "")})`;
  }
}

function size(node: RegexpNode): number {
  switch (node.kind) {
    case "character":
    case "assertion":
      return 1;
    case "sequence":
    case "choice":
      return node.parts.reduce((sum, part) => sum + size(part) + 2, 0);
    case "repeat":
      return (size(node.part) + 2) *
        Math.max(1, Number.isFinite(node.max) ? node.max : node.min + 1);
  }
}

function emit(node: RegexpNode, steps: Step[]): void {
  switch (node.kind) {
    case "character":
    case "assertion":
      steps.push(node);
      return;
    case "sequence":
      for (const part of node.parts) emit(part, steps);
      return;
    case "choice":
      return emitChoice(node.parts, steps);
    case "repeat":
      return emitRepeat(node, steps);
  }
}

function emitChoice([first, ...others]: readonly RegexpNode[], steps: Step[]): void {
  if (first === undefined) return;
  if (others.length === 0) return emit(first, steps);
  const split = reserve(steps);
  emit(first, steps);
  const jump = reserve(steps);
  steps[split] = { kind: "split", to: [split + 1, steps.length] };
  emitChoice(others, steps);
  steps[jump] = { kind: "jump", to: steps.length };
}

function emitRepeat(node: RegexpNode & { kind: "repeat" }, steps: Step[]): void {
  for (let count = 0; count < node.min; count++) emit(node.part, steps);
  if (node.max === Infinity) return emitLoop(node.part, steps);
  const splits = Array.from({ length: node.max - node.min }, () => {
    const split = reserve(steps);
    emit(node.part, steps);
    return split;
  });
  for (const split of splits) steps[split] = { kind: "split", to: [split + 1, steps.length] };
}

function emitLoop(part: RegexpNode, steps: Step[]): void {
  const split = reserve(steps);
  emit(part, steps);
  steps.push({ kind: "jump", to: split });
  steps[split] = { kind: "split", to: [split + 1, steps.length] };
}

/** A place for a step whose target is not known yet. */
function reserve(steps: Step[]): number {
  return steps.push({ kind: "jump", to: 0 }) - 1;
}

function run(steps: readonly Step[], text: string, unicode: boolean): boolean {
  let threads = new Set<number>();
  for (let at = 0;; at++) {
    if (follow(0, { steps, threads, text, at })) return true;
    if (at >= text.length) return false;
    const character = unicode ? String.fromCodePoint(text.codePointAt(at) ?? 0) : text[at] ?? "";
    const from = threads;
    threads = new Set();
    at += character.length - 1;
    for (const thread of from) {
      const step = steps[thread];
      if (step?.kind !== "character" || !step.accepts(character)) continue;
      if (follow(thread + 1, { steps, threads, text, at: at + 1 })) return true;
    }
  }
}

interface Position {
  readonly steps: readonly Step[];
  readonly threads: Set<number>;
  readonly text: string;
  readonly at: number;
}

/** Adds a thread and all it leads to without reading a character; true when one of them ends. */
function follow(start: number, { steps, threads, text, at }: Position): boolean {
  const open = [start];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (threads.has(index)) continue;
    threads.add(index);
    const step = steps[index];
    if (step === undefined) return true;
    if (step.kind === "jump") open.push(step.to);
    if (step.kind === "split") open.push(...step.to);
    if (step.kind === "assertion" && step.holds(text, at)) open.push(index + 1);
  }
  return false;
}
