import assert from "node:assert/strict";
import { Turns } from "../../lib/state/turns.ts";
import { aliasOf, snapshotOf } from "../routing.ts";
import { alternating, parts, testLoops } from "./loops.ts";

const ONE = aliasOf("one", []);
const TWO = aliasOf("two", []);

testLoops("Turns.next() counts the looks at each alias, from 0", () => {
  const turns = alternating(parts((shared) => new Turns(shared)));
  const seen = [ONE, ONE, TWO, ONE, TWO].map((alias) => turns.next(alias));
  assert.deepEqual(seen, [0, 1, 0, 2, 1]);
});

testLoops("Turns.next() goes on where it was after a reload", () => {
  const turns = alternating(parts((shared) => new Turns(shared)));
  turns.next(ONE);
  const reloaded = aliasOf("one", []);
  turns.retain(snapshotOf([reloaded]));
  assert.equal(turns.next(reloaded), 1);
});

testLoops("Turns.retain() forgets the aliases that are gone", () => {
  const turns = alternating(parts((shared) => new Turns(shared)));
  turns.next(ONE);
  turns.retain(snapshotOf([TWO]));
  turns.retain(snapshotOf([ONE]));
  assert.equal(turns.next(ONE), 0);
});
