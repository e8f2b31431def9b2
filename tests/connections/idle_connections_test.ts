import assert from "node:assert/strict";
import { type Idle, IdleConnections, IdleRoom } from "../../lib/connections/idle_connections.ts";

class Waiting implements Idle {
  idleSinceMs = 0;
  deadlineMs = Infinity;
  isOpen = true;

  destroy(): void {
    this.isOpen = false;
  }
}

function added(idle: IdleConnections<Waiting>, count: number): Waiting[] {
  const all = Array.from({ length: count }, () => new Waiting());
  for (const each of all) idle.add(each);
  return all;
}

const ANY = { mustBeFresh: false };
const FRESH = { mustBeFresh: true };

Deno.test("IdleConnections.take() gives the one used last, and each once", () => {
  const idle = new IdleConnections<Waiting>(new IdleRoom());
  const [first, last] = added(idle, 2);
  assert.deepEqual([idle.take(ANY), idle.take(ANY), idle.take(ANY)], [last, first, undefined]);
});

Deno.test("IdleConnections.take() passes over what is closed or due, and ends it", () => {
  const idle = new IdleConnections<Waiting>(new IdleRoom());
  const [good, due, closed] = added(idle, 3);
  assert.ok(due !== undefined && closed !== undefined);
  due.deadlineMs = performance.now() - 1;
  closed.isOpen = false;
  assert.equal(idle.take(ANY), good);
  assert.equal(due.isOpen, false);
});

Deno.test("cases 13: a call that may create something takes none that has waited for a second", () => {
  const idle = new IdleConnections<Waiting>(new IdleRoom());
  const [waiting] = added(idle, 1);
  assert.ok(waiting !== undefined);
  waiting.idleSinceMs -= 1_001;
  assert.equal(idle.take(FRESH), undefined);
  assert.equal(idle.take(ANY), waiting);
  idle.add(waiting);
  assert.equal(idle.take(FRESH), waiting);
});

Deno.test("IdleConnections.add() keeps no more for one backend than it should: the oldest goes", () => {
  const idle = new IdleConnections<Waiting>(new IdleRoom());
  const all = added(idle, 300);
  const open = all.filter(({ isOpen }) => isOpen);
  assert.deepEqual(open, all.slice(-256));
});

Deno.test("IdleConnections.add() keeps no more for all backends than there is room, and room comes back", () => {
  const room = new IdleRoom(10);
  const [one, other] = [new IdleConnections<Waiting>(room), new IdleConnections<Waiting>(room)];
  const first = added(one, 8);
  const second = added(other, 4);
  assert.equal([...first, ...second].filter(({ isOpen }) => isOpen).length, 10);
  one.clear();
  assert.ok(first.every(({ isOpen }) => !isOpen));
  const third = added(other, 8);
  assert.ok(third.every(({ isOpen }) => isOpen));
  third.forEach((each) => other.remove(each));
  assert.equal(other.take(ANY), second.at(-1));
});
