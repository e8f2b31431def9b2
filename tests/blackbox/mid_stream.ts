/** The program, and a caller in the middle of a stream of it. */
import { type Caller, connectTo, requestBytes } from "../caller.ts";
import { chain } from "../chain.ts";
import { chunk, CONTENT, DONE, startPeer, STREAM_HEAD } from "../peer.ts";
import { type Home, makeHome, type Program, startProgram } from "./program.ts";

export interface Scene extends AsyncDisposable {
  readonly home: Home;
  readonly program: Program;
  /** Has had one event of two. */
  readonly caller: Caller;
  /** Lets the backend send the other. */
  readonly release: () => void;
}

/** A caller in the middle of a stream. */
export async function midStream(start = startProgram): Promise<Scene> {
  const released = Promise.withResolvers<void>();
  const stack = new AsyncDisposableStack();
  const backend = stack.use(
    await startPeer(async ({ write }) => {
      await write(STREAM_HEAD + chunk(CONTENT));
      await released.promise;
      await write(chunk(DONE) + chunk(""));
    }),
  );
  const home = stack.use(await makeHome(chain({ backend })));
  const program = stack.use(await start(["-config", home.configFile]));
  const caller = stack.use(await connectTo(program.url));
  const lines = ["Accept-Encoding: identity"];
  await caller.send(requestBytes({ body: `{"model":"chat","stream":true}`, lines }));
  await caller.until(CONTENT);
  return {
    home,
    program,
    caller,
    release: released.resolve,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
