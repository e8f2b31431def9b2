/** What the list shows: names, statuses, a text; and whether it moves. */
import { useRef } from "preact/hooks";
import type { RequestFilter } from "../../record/history_queries.ts";
import type { RequestList } from "./request_list.ts";
import { useStore } from "./store.ts";
import type { Word } from "./words.ts";

const TYPING_MS = 200;
const STATUSES = [400, 401, 403, 404, 429, 499, 500, 502, 503, 504] as const;

export function RequestFilters({ list }: { readonly list: RequestList }) {
  const { say, filter } = useStore();
  const { aliases, backends, callers } = list.names.value;
  const isFiltered = Object.keys(filter.value).length > 0;
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <SearchField />
      <NameChoice field="alias" any="anyAlias" names={aliases} />
      <NameChoice field="backend" any="anyBackend" names={backends} />
      {callers.length > 0 && <NameChoice field="caller" any="anyCaller" names={callers} />}
      <StatusChoice />
      <button
        type="button"
        class="quiet"
        disabled={!isFiltered}
        onClick={() => filter.value = {}}
      >
        {say("clearFilters")}
      </button>
      <Flow list={list} />
    </form>
  );
}

function SearchField() {
  const { say, filter } = useStore();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const search = (text: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => filter.value = changed(filter.value, { text }), TYPING_MS);
  };
  return (
    <input
      id="search"
      type="search"
      placeholder={say("searchHelp")}
      aria-label={say("search")}
      value={filter.value.text ?? ""}
      onInput={(event) => search(event.currentTarget.value)}
    />
  );
}

function NameChoice(
  { field, any, names }: {
    readonly field: "alias" | "backend" | "caller";
    readonly any: Word;
    readonly names: readonly string[];
  },
) {
  const { say, filter } = useStore();
  const choose = (value: string) => filter.value = changed(filter.value, { [field]: value });
  return (
    <select
      aria-label={say(field)}
      value={filter.value[field] ?? ""}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">{say(any)}</option>
      {names.map((name) => <option key={name} value={name}>{name}</option>)}
    </select>
  );
}

function StatusChoice() {
  const { say, filter } = useStore();
  const choose = (value: string) => {
    const status = value === "ok" || value === "failed" || value === "" ? value : Number(value);
    filter.value = changed(filter.value, { status });
  };
  return (
    <select
      aria-label={say("status")}
      value={String(filter.value.status ?? "")}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">{say("anyStatus")}</option>
      <option value="ok">{say("ok")}</option>
      <option value="failed">{say("failed")}</option>
      {STATUSES.map((status) => <option key={status} value={String(status)}>{status}</option>)}
    </select>
  );
}

/** Whether new requests come in at the top at once, and those that wait to. */
function Flow({ list }: { readonly list: RequestList }) {
  const { say } = useStore();
  const heldCount = list.held.value.length;
  const show = () => {
    list.release();
    scrollTo(0, 0);
  };
  return (
    <span class="flow">
      {heldCount > 0 && (
        <button type="button" class="primary" onClick={show}>
          {say("newRequests", { n: heldCount })}
        </button>
      )}
      <button
        type="button"
        title={`${say("pauseHelp")} (p)`}
        aria-pressed={list.isPaused.value}
        onClick={() => list.isPaused.value = !list.isPaused.value}
      >
        {say(list.isPaused.value ? "resume" : "pause")}
      </button>
    </span>
  );
}

/** What is empty does not filter. */
function changed(filter: RequestFilter, change: Readonly<Record<string, unknown>>): RequestFilter {
  const all = Object.entries({ ...filter, ...change }).filter(([, value]) => value !== "");
  return Object.fromEntries(all);
}
