/** Tests that hold with one event loop and with two: what one does, the other knows. */
import { Shared } from "../../lib/state/shared.ts";
import {
  createSharedMemory,
  type SharedLoop,
  type SharedMemoryOptions,
} from "../../lib/state/shared_memory.ts";

/** Of the test at hand. */
const way = { loops: 1 };

/** Registers a test for one event loop, and for two. */
export function testLoops(name: string, body: () => void | Promise<void>): void {
  for (const loops of [1, 2]) {
    Deno.test(loops === 1 ? name : `${name} (${loops} loops)`, () => {
      way.loops = loops;
      return body();
    });
  }
}

/** So small that the log turns all the time. */
const SMALL = { logBytes: 2048, snapshotBytes: 1 << 22 };

/** What each loop of a process would have; all of them in this thread. */
export function loopsOf<Part>(
  make: (shared: Shared) => Part,
  options: SharedMemoryOptions & { readonly loops: number },
): readonly [Part, ...Part[]] {
  const memory = createSharedMemory({ ...SMALL, ...options });
  const partOf = (loop: number) => loopOf(make, { memory, loop });
  const others = Array.from({ length: options.loops - 1 }, (_, index) => index + 1);
  return [partOf(0), ...others.map(partOf)];
}

/** What one of them has. */
export function loopOf<Part>(make: (shared: Shared) => Part, given: SharedLoop): Part {
  const shared = new Shared(given);
  const part = make(shared);
  shared.begin();
  return part;
}

/** What the test's loops have, one each; nothing is shared where there is one. */
export function parts<Part>(
  make: (shared: Shared | undefined) => Part,
): readonly [Part, ...Part[]] {
  return way.loops === 1 ? [make(undefined)] : loopsOf(make, { loops: way.loops });
}

/**
 * As one part, each use of which is another loop's: but what a loop gave out, a ticket for example,
 * goes back to that loop.
 */
export function alternating<Part extends object>(all: readonly Part[]): Part {
  const givers = new WeakMap<object, Part>();
  let uses = 0;
  return new Proxy(all[0]!, {
    get(_, name) {
      const next = all[uses++ % all.length]!;
      const member: unknown = Reflect.get(next, name, next);
      if (typeof member !== "function") return member;
      return (...given: readonly unknown[]) => {
        const [first] = given;
        const part = (isObject(first) ? givers.get(first) : undefined) ?? next;
        const result = Reflect.apply(member, part, given);
        for (const each of [result, result?.ticket]) if (isObject(each)) givers.set(each, part);
        return result;
      };
    },
  });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
