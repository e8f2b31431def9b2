/** An OpenTelemetry collector on loopback: keeps every span it is sent over OTLP/HTTP as JSON. */
import { isJsonObject, type JsonObject, objectsIn } from "../../lib/dialect/json_object.ts";

export interface CollectedSpan {
  readonly scope: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for none. */
  readonly parentSpanId: string;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
  readonly message: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Collector extends AsyncDisposable {
  /** The environment that makes a program send its spans here, soon. */
  readonly env: Readonly<Record<string, string>>;
  readonly spans: readonly CollectedSpan[];
  /** Every byte received so far, of traces, logs and metrics. */
  readonly received: string;
  /** Resolves once that many spans of that scope are there. */
  until(scope: string, count: number): Promise<readonly CollectedSpan[]>;
}

export function startCollector(): Collector {
  const spans: CollectedSpan[] = [];
  const waiting = new Set<() => void>();
  let received = "";
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const text = await request.text();
      received += text;
      if (new URL(request.url).pathname === "/v1/traces") spans.push(...spansIn(JSON.parse(text)));
      for (const look of waiting) look();
      return Response.json({});
    },
  );
  return {
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "50",
    },
    spans,
    get received() {
      return received;
    },
    until: (scope, count) =>
      new Promise((resolve) => {
        const look = () => {
          const ours = spans.filter((span) => span.scope === scope);
          if (ours.length < count) return;
          waiting.delete(look);
          resolve(ours);
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function spansIn(body: JsonObject): CollectedSpan[] {
  return objectsIn(body.resourceSpans).flatMap(({ scopeSpans }) =>
    objectsIn(scopeSpans).flatMap(({ scope, spans }) => {
      const name = isJsonObject(scope) ? String(scope.name) : "";
      return objectsIn(spans).map((span) => spanOf(span, name));
    })
  );
}

function spanOf(span: JsonObject, scope: string): CollectedSpan {
  const status = isJsonObject(span.status) ? span.status : {};
  return {
    scope,
    name: String(span.name),
    traceId: String(span.traceId),
    spanId: String(span.spanId),
    parentSpanId: String(span.parentSpanId ?? ""),
    startMs: Number(span.startTimeUnixNano) / 1e6,
    endMs: Number(span.endTimeUnixNano) / 1e6,
    failed: status.code === 2,
    message: String(status.message ?? ""),
    attributes: Object.fromEntries(
      objectsIn(span.attributes).map(({ key, value }) => {
        // A 64-bit integer is a string in OTLP's JSON.
        const [[kind, content] = ["", undefined]] = Object.entries(
          isJsonObject(value) ? value : {},
        );
        return [String(key), kind === "intValue" ? Number(content) : content];
      }),
    ),
  };
}
