/** Heads of replies that are right and seldom: informational ones, redirects, early answers, F018 to F028. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connectTo, passedLines, requestBytes, textOf } from "../caller.ts";
import { rawReply, startPeer, startReplier } from "../peer.ts";
import { startRawPeer } from "../wire/trial.ts";
import { failsOver, includes, isWell, ROUTE, startScene, WELL } from "./scene.ts";

// The platform relays no 1xx: what is left to see is that the final reply is untouched by them.
Deno.test("F018: a 102 and a 103 before the reply change nothing of it", async () => {
  const early = "HTTP/1.1 102 Processing\r\n\r\n" +
    "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\nX-From: early\r\n\r\n";
  await using bad = await startReplier(Buffer.concat([Buffer.from(early), WELL]));
  await using good = await startReplier(WELL);
  await using scene = await startScene({ bad, good });
  for (let call = 0; call < 2; call++) isWell(await scene.ask());
  assert.deepEqual(scene.tried(), ["bad", "bad"]);
  assert.deepEqual(scene.cooling(), []);
  assert.ok(!(await scene.record()).includes("early"));
});

const METADATA = "http://169.254.169.254/latest/meta-data/";

for (const status of [301, 302, 303, 307, 308]) {
  Deno.test(`F021: a ${status} is passed as it came and nobody goes where it points`, async () => {
    await using elsewhere = await startReplier(WELL);
    for (const location of [`${elsewhere.url}/v1/chat/completions`, METADATA, "/v1/elsewhere"]) {
      const lines = ["Content-Type: text/html", `Location: ${location}`, "X-From: bad"];
      await using bad = await startReplier(rawReply(status, lines, "<p>moved</p>"));
      await using scene = await startScene({ bad, good: elsewhere });
      const got = await scene.ask();
      assert.equal(got.status, status);
      assert.deepEqual(passedLines(got), lines);
      assert.equal(textOf(got), "<p>moved</p>");
      assert.deepEqual(scene.tried(), ["bad"]);
      assert.deepEqual(scene.cooling(), []);
      assert.equal(bad.requests.length, 1);
      includes(await scene.record(), `\noutcome    status ${status}\n`);
    }
    assert.equal(elsewhere.connections, 0);
  });
}

const TOO_LARGE = ["Content-Type: application/json", "X-From: bad", "Connection: close"];
const TOO_LARGE_BODY = `{"error":{"type":"request_too_large","message":"at most 1 kB"}}`;

Deno.test("F022: an answer that comes before the request is all sent is passed whole", async () => {
  let heardBytes = 0;
  await using peer = await startRawPeer((socket) => {
    socket.on("data", (data: Buffer) => {
      heardBytes += data.length;
      socket.pause();
      socket.end(rawReply(413, TOO_LARGE, TOO_LARGE_BODY));
    });
  });
  await using good = await startReplier(WELL);
  await using scene = await startScene({ bad: { url: `http://${peer.address}` }, good });
  const body = JSON.stringify({ model: "chat", messages: ["x".repeat(8 * 1024 * 1024)] });
  for (let call = 0; call < 2; call++) {
    const got = await scene.ask({ body });
    assert.equal(got.status, 413);
    assert.deepEqual(passedLines(got), passedLines({ lines: TOO_LARGE }));
    assert.equal(textOf(got), TOO_LARGE_BODY);
    assert.equal(got.ending, "whole");
  }
  assert.ok(heardBytes < body.length, `${heardBytes} bytes were taken`);
  assert.deepEqual(scene.tried(), ["bad", "bad"]);
  assert.deepEqual(scene.cooling(), []);
  assert.equal(good.connections, 0);
});

const OLD_LINES = ["Content-Type: application/json", "X-From: 1.0"];
const OLD_BODY = `{"choices":[{"message":{"content":"to the end of the line"}}]}`;
const OLD = `HTTP/1.0 200 OK\r\n${OLD_LINES.join("\r\n")}\r\n\r\n${OLD_BODY}`;

Deno.test("F028: a body that ends with its connection is passed whole", async () => {
  await using bad = await startPeer(async ({ write, close }) => {
    await write(OLD.slice(0, -9));
    await write(OLD.slice(-9));
    close();
  });
  await using scene = await startScene({ bad });
  for (let call = 0; call < 2; call++) {
    const got = await scene.ask();
    assert.deepEqual(passedLines(got), OLD_LINES);
    assert.equal(textOf(got), OLD_BODY);
    assert.equal(got.ending, "whole");
  }
  assert.equal(bad.connections, 2);
  assert.deepEqual(scene.cooling(), []);
});

Deno.test("F028: JSON that its connection's end cuts in half moves on", async () => {
  await using bad = await startPeer(async ({ write, close }) => {
    await write(OLD.slice(0, -9));
    close();
  });
  await failsOver(bad, { row: 16, because: "", cools: ROUTE });
});

// A reset is taken for the end of such a body as well. Of JSON and of a known dialect's stream it shows in
// the body itself; of any other body nothing would.
for (const end of ["close", "reset"] as const) {
  Deno.test(`F028: a stream without its terminal event is cut by its connection's ${end}`, async () => {
    const event = `data: {"choices":[{"delta":{"content":"half"}}]}\n\n`;
    const arrived = Promise.withResolvers<void>();
    await using bad = await startPeer(async (exchange) => {
      await exchange.write(`HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${event}`);
      await arrived.promise;
      exchange[end]();
    });
    await using scene = await startScene({ bad });
    await using caller = await connectTo(scene.proxy.url);
    await caller.send(requestBytes({ body: `{"model":"chat","stream":true}` }));
    await caller.until(event);
    arrived.resolve();
    const got = await caller.reply();
    assert.deepEqual([got.status, textOf(got), got.ending], [200, event, "cut"]);
  });
}
