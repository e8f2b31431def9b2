/** One stream of events a page, while it is looked at. */
import assert from "node:assert/strict";
import { CallError } from "../../lib/admin/ui/api.ts";
import {
  type Events,
  follow,
  type FollowedStore,
  type LiveNow,
  type World,
} from "../../lib/admin/ui/live.ts";

const NOW = { version: "1", offers: ["/api/now"] } as unknown as LiveNow;

class FakeEvents implements Events {
  readonly #listeners = new Map<string, (event: { readonly data?: string }) => void>();
  isOpen = true;

  addEventListener(name: string, listener: (event: { readonly data?: string }) => void): void {
    this.#listeners.set(name, listener);
  }

  close(): void {
    this.isOpen = false;
  }

  tell(name: string, value?: unknown): void {
    this.#listeners.get(name)?.(value === undefined ? {} : { data: JSON.stringify(value) });
  }
}

/** As the page's own: whoever subscribes is called at once. */
class Signal<Value> {
  readonly #listeners: ((value: Value) => void)[] = [];
  #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  set value(value: Value) {
    if (value === this.#value) return;
    this.#value = value;
    for (const listener of this.#listeners) listener(value);
  }

  subscribe(listener: (value: Value) => void): void {
    this.#listeners.push(listener);
    listener(this.#value);
  }
}

/** A page, its surroundings, and what it has opened so far. */
class FakePage implements World {
  readonly streams: FakeEvents[] = [];
  /** Answers of the next loads; the last one again and again. */
  answers: (LiveNow | CallError)[] = [NOW];
  readonly complaints: string[] = [];
  loads = 0;
  hidden = false;
  readonly #waits = new Set<() => void>();
  readonly #listeners: (() => void)[] = [];
  readonly store: FollowedStore = {
    now: { value: undefined },
    nowAtMs: { value: 0 },
    offers: { value: [] },
    changed: { value: [] },
    connection: { value: "waiting" },
    needsToken: new Signal(false),
    resumed: { value: 0 },
  };

  get open(): readonly FakeEvents[] {
    return this.streams.filter(({ isOpen }) => isOpen);
  }

  get waits(): number {
    return this.#waits.size;
  }

  load = (): Promise<LiveNow> => {
    this.loads++;
    const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    return answer instanceof CallError ? Promise.reject(answer) : Promise.resolve(answer ?? NOW);
  };

  openEvents = (): Events => {
    const events = new FakeEvents();
    this.streams.push(events);
    return events;
  };

  complain = (cause: unknown) => void this.complaints.push(String(cause));
  isHidden = () => this.hidden;
  onVisibility = (listener: () => void) => void this.#listeners.push(listener);

  later = (_: number, action: () => void) => {
    const wait = () => {
      this.#waits.delete(wait);
      action();
    };
    this.#waits.add(wait);
    return () => void this.#waits.delete(wait);
  };

  /** Lets the time pass for whoever waits. */
  async pass(): Promise<void> {
    for (const wait of [...this.#waits]) wait();
    await settled();
  }

  async hide(hidden: boolean): Promise<void> {
    this.hidden = hidden;
    for (const listener of this.#listeners) listener();
    await settled();
  }
}

/** Until every promise of the page has had its turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

async function followed(change: (page: FakePage) => void = () => {}): Promise<FakePage> {
  const page = new FakePage();
  change(page);
  follow(page.store, page);
  await settled();
  return page;
}

Deno.test("cases 13: follow() opens one stream, and loads once for it", async () => {
  const page = await followed();
  assert.deepEqual([page.streams.length, page.loads], [1, 1]);
  page.open[0]?.tell("open");
  assert.equal(page.store.connection.value, "live");
  assert.deepEqual(page.store.offers.value, ["/api/now"]);
});

Deno.test("follow() puts what the stream brings into the store", async () => {
  const page = await followed();
  page.open[0]?.tell("now", { version: "2" });
  page.open[0]?.tell("requests", [{ id: "679a3f2a" }]);
  assert.equal(page.store.now.value?.version, "2");
  assert.deepEqual(page.store.changed.value, [{ id: "679a3f2a" }]);
});

Deno.test("follow() closes the stream of a page that is hidden, and opens one when it is seen", async () => {
  const page = await followed();
  page.open[0]?.tell("open");
  await page.hide(true);
  assert.deepEqual([page.open.length, page.waits, page.store.connection.value], [0, 0, "waiting"]);
  await page.hide(false);
  assert.deepEqual([page.open.length, page.streams.length], [1, 2]);
  assert.equal(page.store.resumed.value, 0);
  page.open[0]?.tell("open");
  assert.equal(page.store.resumed.value, 1);
});

Deno.test("follow() opens nothing in a page that is hidden from the start", async () => {
  const page = await followed((page) => page.hidden = true);
  assert.deepEqual([page.streams.length, page.loads], [0, 0]);
  await page.hide(false);
  assert.equal(page.open.length, 1);
});

Deno.test("follow() opens no stream for a load that ends after the page was hidden", async () => {
  const page = new FakePage();
  follow(page.store, page);
  await page.hide(true);
  assert.deepEqual([page.loads, page.streams.length, page.waits], [1, 0, 0]);
});

Deno.test("follow() has one stream however often a page is hidden and seen in between", async () => {
  const page = new FakePage();
  follow(page.store, page);
  for (let time = 0; time < 10; time++) {
    page.hide(true);
    page.hide(false);
    page.hide(false);
  }
  await settled();
  assert.equal(page.open.length, 1);
});

Deno.test("follow() comes again after a stream that broke, with one", async () => {
  const page = await followed();
  page.open[0]?.tell("error");
  assert.deepEqual([page.open.length, page.waits, page.store.connection.value], [0, 1, "waiting"]);
  await page.pass();
  assert.deepEqual([page.open.length, page.waits], [1, 0]);
});

Deno.test("follow() does not wait for a proxy while nobody looks", async () => {
  const page = await followed((page) => page.answers = [new CallError(0, "")]);
  assert.deepEqual([page.streams.length, page.waits], [0, 1]);
  await page.hide(true);
  assert.equal(page.waits, 0);
  page.answers = [NOW];
  await page.hide(false);
  assert.deepEqual([page.open.length, page.waits], [1, 0]);
});

Deno.test("follow() waits for the token, and then opens one stream", async () => {
  const page = await followed((page) => page.answers = [new CallError(401, "token"), NOW]);
  assert.equal(page.store.needsToken.value, true);
  assert.deepEqual([page.streams.length, page.waits, page.loads], [0, 0, 1]);
  page.store.needsToken.value = false;
  await settled();
  assert.deepEqual([page.open.length, page.loads], [1, 2]);
});

Deno.test("follow() closes the stream when another call asks for the token", async () => {
  const page = await followed();
  page.store.needsToken.value = true;
  await settled();
  assert.equal(page.open.length, 0);
});

Deno.test("follow() says why the port turns the page away, and tries again", async () => {
  const page = await followed((page) => page.answers = [new CallError(403, "write public_url")]);
  assert.deepEqual(page.complaints, ["CallError: write public_url"]);
  assert.deepEqual([page.streams.length, page.waits], [0, 1]);
});
