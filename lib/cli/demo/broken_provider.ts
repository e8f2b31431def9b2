/** The demo's provider that breaks: bare TCP, since no HTTP server can be made to misbehave so. */
import { answerTo, BREAKING_TEXT } from "./answer.ts";
import { formatOf } from "./format.ts";
import { FAILURE_MS, paced, pause } from "./pace.ts";
import { type Prompt, readPrompt } from "./prompt.ts";

/** How much of a streamed answer the model `cuts` sends. */
const EVENTS_BEFORE_CUT = 12;

/** Breaks every connection: model `cuts` in the middle of its answer, any other before it. */
export async function breakConnections(listener: Deno.TcpListener): Promise<void> {
  for await (const connection of listener) {
    // A proxy that left first is no news.
    answerAndBreak(connection).catch(() => {}).finally(() => connection.close());
  }
}

async function answerAndBreak(connection: Deno.TcpConn): Promise<void> {
  const { path, body } = await readRequest(connection);
  const prompt = readPrompt(body);
  await pause(FAILURE_MS);
  if (prompt?.model !== "cuts") return;
  await send(connection, headFor(prompt));
  for await (const piece of paced(beginning(path, prompt))) await send(connection, chunk(piece));
}

function headFor({ streamed }: Prompt): string {
  const type = streamed ? "text/event-stream; charset=utf-8" : "application/json";
  return `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`;
}

function chunk(data: string): string {
  return `${new TextEncoder().encode(data).length.toString(16)}\r\n${data}\r\n`;
}

function beginning(path: string, prompt: Prompt): string[] {
  const format = formatOf(path);
  if (format === undefined) return [];
  const answer = answerTo(prompt, BREAKING_TEXT);
  if (prompt.streamed) return [...format.events(answer)].slice(0, EVENTS_BEFORE_CUT);
  const whole = JSON.stringify(format.whole(answer));
  return [whole.slice(0, whole.length / 2)];
}

async function send(connection: Deno.TcpConn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

interface RawRequest {
  readonly path: string;
  readonly body: string;
}

async function readRequest(connection: Deno.TcpConn): Promise<RawRequest> {
  let seen = "";
  for await (const bytes of connection.readable.values({ preventCancel: true })) {
    seen += String.fromCharCode(...bytes);
    const request = wholeRequest(seen);
    if (request !== undefined) return request;
  }
  return { path: "", body: "" };
}

/** The request once all of it has come; text holds one byte a character. */
function wholeRequest(text: string): RawRequest | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const body = text.slice(headEnd + 4);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  if (body.length < length) return undefined;
  return { path: head.split(/[ ?]/)[1] ?? "", body };
}
