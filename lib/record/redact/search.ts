/**
 * Everything in a text that is to be masked: known secrets in any spelling, shapes of credentials, and
 * what a name says is one. Takes time in proportion to the text, in steps of a bounded length.
 */
import { Buffer } from "node:buffer";
import { escapedParts } from "./escaped_parts.ts";
import { type Find, FindList, merged } from "./finds.ts";
import type { KnownSecrets } from "./known_secrets.ts";
import { NamedValues } from "./named_values.ts";
import { TOKEN_BYTES } from "./needle_search.ts";
import { findPrivateKeys, findShapes, type Searched } from "./shape_search.ts";
import { unescapedView, type View, viewOfView } from "./unescaped_view.ts";

/** So much is searched between two yields. */
const STEP_BYTES = 32 * 1024;
/** Escapes of escapes of escapes are looked into, no further. */
const MOST_VIEWS = 3;

/** The bytes and the same as text, one character a byte. */
export function searchedOf(bytes: Uint8Array): Searched {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return { bytes, text: buffer.toString("latin1") };
}

/** Yields between steps, each of which takes a few milliseconds at most. */
export function* findAll(searched: Searched, known: KnownSecrets): Generator<void, Find[]> {
  const lists = yield* searchedOnce(searched, known);
  for (const [from, to] of escapedParts(searched.text, known.longestBytes)) {
    let view = unescapedView(searched.bytes, from, to);
    for (let views = 1;; views++) {
      yield;
      const inView = searchedOf(view.bytes);
      const isEnd = to === searched.bytes.length;
      const found = yield* searchedOnce(inView, known, isEnd);
      for (const list of found) if (list.length > 0) lists.push(placedIn(list, view));
      if (views === MOST_VIEWS || escapedParts(inView.text, 0).length === 0) break;
      yield;
      view = viewOfView(view);
    }
  }
  yield;
  return merged(lists);
}

/** Where what was found in a view stands in the text. */
function placedIn(finds: readonly Find[], { startOf, endOf }: View): Find[] {
  return finds.map(({ start, end, mask }) => ({ start: startOf(start), end: endOf(end), mask }));
}

/** @param isWhole whether the text ends where it does, and was not taken out of another */
function* searchedOnce(
  searched: Searched,
  known: KnownSecrets,
  isWhole = true,
): Generator<void, Find[][]> {
  const { bytes: text } = searched;
  const lists: Find[][] = [];
  for (const pass of passesOf(searched, known)) {
    const list = new FindList();
    for (let from = 0; from < text.length;) {
      from = pass(from, Math.min(text.length, from + STEP_BYTES), list);
      if (from < text.length) yield;
    }
    lists.push(list.finds);
  }
  const rest = new FindList();
  findPrivateKeys(searched, rest.add);
  lists.push(rest.finds);
  if (!isWhole) return lists;
  const cut = new FindList();
  known.findCut(text, text.length, cut.add);
  lists.push(cut.finds);
  return lists;
}

/** Searches what begins from `from` to before `to`, and gives where to go on. */
type Pass = (from: number, to: number, list: FindList) => number;

function passesOf(searched: Searched, known: KnownSecrets): Pass[] {
  const { bytes: text } = searched;
  const ofKnown = Array.from({ length: known.passes }, (_, index): Pass => (from, to, { add }) => {
    return known.find(index, { text, from, to }, add);
  });
  let named: NamedValues | undefined;
  return [
    ...ofKnown,
    (from, to, { add }) => findShapes(searched, { from, to }, add),
    (from, to, { add }) => (named ??= new NamedValues(searched, add)).find({ from, to }),
    (from, to, { add }) => findEllipses(searched, known, { from, to, add }),
  ];
}

const ELLIPSIS = "\u00e2\u0080\u00a6";

/** Known secrets of which `…` has taken the place of the rest. */
function findEllipses(
  { bytes, text }: Searched,
  known: KnownSecrets,
  { from, to, add }: { readonly from: number; readonly to: number; readonly add: FindList["add"] },
): number {
  for (let at = text.indexOf(ELLIPSIS, from); at !== -1; at = text.indexOf(ELLIPSIS, at + 3)) {
    if (at >= to) return to;
    if (at > 0 && TOKEN_BYTES[bytes[at - 1]!] === 1) known.findCut(bytes, at, add);
  }
  return text.length;
}
