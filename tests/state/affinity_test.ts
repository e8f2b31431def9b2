import assert from "node:assert/strict";
import { Affinity, type Maker } from "../../lib/state/affinity.ts";
import { keyDigest } from "../../lib/state/key_digest.ts";
import { StoredIds } from "../../lib/state/stored_ids.ts";
import type { Snapshot } from "../../lib/config/snapshot.ts";
import type { Belonging } from "../../lib/wire/belonging.ts";
import { aliasOf, backendOf, routeOf, snapshotOf } from "../routing.ts";
import { alternating, parts, testLoops } from "./loops.ts";

const TERMS = { alias: "chat", affinityMs: 300_000 };

function maker(backend: string, given: Partial<Maker> = {}): Maker {
  return { backend, model: `${backend}-model`, key: undefined, ...given };
}

function asking(given: Partial<Belonging>): Belonging {
  return { issued: [], conversation: undefined, isFirstTurn: false, stored: [], ...given };
}

/** An Affinity whose clock stands still until told. */
function startAffinity(given: { maxConversations?: number; maxIssued?: number } = {}) {
  let nowMs = 0;
  const all = parts((shared) => {
    const storedIds = new StoredIds({ now: () => new Date(0), warn: assert.fail, shared });
    return new Affinity({ monotonicMs: () => nowMs, storedIds, shared, ...given });
  });
  const affinity = alternating(all);
  return {
    affinity,
    /** Each loop takes on each configuration. */
    retain: (snapshot: Snapshot) => all.forEach((each) => each.retain(snapshot)),
    pass: (seconds: number) => void (nowMs += seconds * 1000),
    served: (conversation: string, backend: string, terms = TERMS) =>
      affinity.served(asking({ conversation }), { ...terms, ...maker(backend) }),
    issued: (id: string, backend: string) =>
      affinity.issued({ issued: [id], stored: [] }, maker(backend)),
    stored: (id: string, backend: string) =>
      affinity.issued({ issued: [], stored: [id] }, maker(backend)),
    /** The name of the backend that is preferred. */
    home: (given: Partial<Belonging>, terms = TERMS) =>
      affinity.preferred(asking(given), terms)?.backend,
  };
}

const A = { conversation: "a" };

testLoops("Affinity.preferred() knows nothing of what it has not seen", () => {
  const { home } = startAffinity();
  assert.equal(home({}), undefined);
  assert.equal(home({ issued: ["i"], conversation: "c", stored: ["s"] }), undefined);
});

testLoops(
  "Affinity.preferred() gives backend, model and key of who last served a conversation",
  () => {
    const { affinity } = startAffinity();
    const request = asking(A);
    affinity.served(request, { ...TERMS, backend: "one", model: "m", key: "sk-secret" });
    assert.deepEqual(affinity.preferred(request, TERMS), {
      backend: "one",
      model: "m",
      keyDigest: keyDigest("one", "sk-secret"),
      why: "its conversation was last served here",
    });
    affinity.served(request, { ...TERMS, backend: "two", model: "m", key: undefined });
    assert.equal(affinity.preferred(request, TERMS)?.backend, "two");
    assert.equal(affinity.preferred(request, TERMS)?.keyDigest, undefined);
  },
);

testLoops("Affinity.preferred() forgets a conversation after so long a silence", () => {
  const { served, home, pass } = startAffinity();
  served("a", "one");
  pass(299);
  assert.equal(home(A), "one");
  pass(1);
  assert.equal(home(A), undefined);
});

testLoops("Affinity.served() begins the silence anew, Affinity.preferred() does not", () => {
  const { served, home, pass } = startAffinity();
  served("a", "one");
  pass(200);
  served("a", "one");
  pass(200);
  assert.equal(home(A), "one");
  pass(100);
  assert.equal(home(A), undefined);
});

testLoops("Affinity.preferred() keeps a conversation apart for each alias", () => {
  const { served, home } = startAffinity();
  served("a", "one");
  served("a", "two", { ...TERMS, alias: "small" });
  assert.equal(home(A), "one");
  assert.equal(home(A, { ...TERMS, alias: "small" }), "two");
  assert.equal(home(A, { ...TERMS, alias: "other" }), undefined);
});

testLoops(
  "Affinity.preferred() lets issued ids decide, then stored objects, then the conversation",
  () => {
    const { affinity, served, issued, stored, home } = startAffinity();
    served("a", "server");
    issued("i", "issuer");
    stored("s", "keeper");
    const all = { issued: ["i"], stored: ["s"], conversation: "a" };
    assert.equal(home(all), "issuer");
    assert.equal(home({ ...all, issued: ["unknown"] }), "keeper");
    assert.equal(home({ ...all, issued: [], stored: ["unknown"] }), "server");
    const why = (given: Partial<Belonging>) => affinity.preferred(asking(given), TERMS)?.why;
    assert.equal(why(all), "an id in it was issued here");
    assert.equal(why({ stored: ["s"] }), "an object that it names is stored here");
  },
);

testLoops("Affinity.preferred() follows the newest id that it knows", () => {
  const { issued, home } = startAffinity();
  issued("old", "one");
  issued("new", "two");
  assert.equal(home({ issued: ["unknown", "new", "old"] }), "two");
});

testLoops("Affinity.preferred() asks no particular model of who keeps a stored object", () => {
  const { affinity, stored } = startAffinity();
  stored("s", "keeper");
  assert.equal(affinity.preferred(asking({ stored: ["s"] }), TERMS)?.model, undefined);
});

testLoops("Affinity.issued() holds for longer than an hour of silence", () => {
  const { issued, stored, home, pass } = startAffinity();
  issued("i", "one");
  stored("s", "two");
  pass(3 * 3600);
  assert.equal(home({ issued: ["i"] }), "one");
  assert.equal(home({ stored: ["s"] }), "two");
});

testLoops("Affinity.served() moves issued ids to the backend that understood them", () => {
  const { affinity, issued, home } = startAffinity();
  issued("i", "one");
  affinity.served(asking({ issued: ["i", "unknown"] }), { ...TERMS, ...maker("two") });
  assert.equal(home({ issued: ["i"] }), "two");
  assert.equal(home({ issued: ["unknown"] }), undefined);
});

testLoops(
  "Affinity.preferred() knows no conversation while affinity_seconds is 0, but issued ids",
  () => {
    const { served, issued, home } = startAffinity();
    const off = { ...TERMS, affinityMs: 0 };
    served("before", "one");
    served("meanwhile", "one", off);
    issued("i", "one");
    assert.equal(home({ conversation: "before" }, off), undefined);
    assert.equal(home({ conversation: "meanwhile" }), undefined);
    assert.equal(home({ issued: ["i"] }, off), "one");
  },
);

testLoops(
  "Affinity.served() drops the conversation that was silent the longest when it is full",
  () => {
    const { served, home } = startAffinity({ maxConversations: 2 });
    for (const conversation of ["a", "b", "a", "c"]) served(conversation, "one");
    const known = ["a", "b", "c"].map((conversation) => home({ conversation }));
    assert.deepEqual(known, ["one", undefined, "one"]);
  },
);

testLoops(
  "Affinity.issued() drops the id that was not asked for the longest when it is full",
  () => {
    const { issued, home } = startAffinity({ maxIssued: 2 });
    issued("a", "one");
    issued("b", "one");
    home({ issued: ["a"] });
    issued("c", "one");
    const known = ["a", "b", "c"].map((id) => home({ issued: [id] }));
    assert.deepEqual(known, ["one", undefined, "one"]);
  },
);

testLoops("Affinity.retain() forgets backends that are gone, and those alone", () => {
  const { retain, served, issued, stored, home } = startAffinity();
  for (const backend of ["here", "gone"]) {
    served(backend, backend);
    issued(backend, backend);
    stored(backend, backend);
  }
  const snapshot = snapshotOf([aliasOf("chat", [routeOf(backendOf("here"))])]);
  retain(snapshot);
  const homes = ["here", "gone"].map((name) => [
    home({ conversation: name }),
    home({ issued: [name] }),
    home({ stored: [name] }),
  ]);
  assert.deepEqual(homes, [["here", "here", "here"], [undefined, undefined, undefined]]);
});

testLoops("Affinity.retain() keeps stored objects of a backend that may come back", () => {
  const { retain, stored, home } = startAffinity();
  stored("s", "one");
  retain(snapshotOf([]));
  assert.equal(home({ stored: ["s"] }), undefined);
  retain(snapshotOf([aliasOf("chat", [routeOf(backendOf("one"))])]));
  assert.equal(home({ stored: ["s"] }), "one");
});

testLoops("keyDigest() tells keys and backends apart and holds nothing of the key", () => {
  const digests = [["one", "sk-a"], ["one", "sk-b"], ["two", "sk-a"]].map(([backend, key]) =>
    keyDigest(backend!, key!)
  );
  assert.equal(new Set(digests).size, 3);
  assert.equal(digests[0], keyDigest("one", "sk-a"));
  for (const digest of digests) assert.match(digest, /^[\w-]{4}$/);
});
