/** A JSON value that can be folded. Text nodes only: nothing of it is ever markup. */
import { useSignal } from "@preact/signals";
import { useStore } from "./store.ts";

/** Folded below this depth, and where there are more members than this. */
const OPEN_DEPTH = 3;
const OPEN_MEMBERS = 40;

/** Members made at once; a list of a million would stop the page. */
const SHOWN_MEMBERS = 200;

interface NodeProps {
  readonly name: string | undefined;
  readonly value: unknown;
  readonly depth: number;
  readonly openDepth: number;
}

export function JsonTree(
  { value, openDepth = OPEN_DEPTH }: { readonly value: unknown; readonly openDepth?: number },
) {
  return (
    <div class="json">
      <Node name={undefined} value={value} depth={0} openDepth={openDepth} />
    </div>
  );
}

function Node({ name, value, depth, openDepth }: NodeProps) {
  if (typeof value === "object" && value !== null) {
    return <Branch name={name} value={value} depth={depth} openDepth={openDepth} />;
  }
  const kind = value === null ? "null" : typeof value;
  return (
    <div class="leaf">
      <Name name={name} />
      <span class={`value ${kind}`}>{typeof value === "string" ? value : String(value)}</span>
    </div>
  );
}

function Branch({ name, value, depth, openDepth }: NodeProps & { readonly value: object }) {
  const { say } = useStore();
  const members = Object.entries(value);
  const isList = Array.isArray(value);
  const isOpen = useSignal(depth < openDepth && members.length <= OPEN_MEMBERS);
  const most = useSignal(SHOWN_MEMBERS);
  if (members.length === 0) {
    return (
      <div class="leaf">
        <Name name={name} />
        {isList ? "[ ]" : "{ }"}
      </div>
    );
  }
  const rest = members.length - most.value;
  return (
    <details open={isOpen.value} onToggle={(event) => isOpen.value = event.currentTarget.open}>
      <summary>
        <Name name={name} />
        <span class="muted">
          {isList ? "[ " : "{ "}
          {members.length === 1 ? say("oneItem") : say("nItems", { n: members.length })}
          {isList ? " ]" : " }"}
        </span>
      </summary>
      {isOpen.value &&
        members.slice(0, most.value).map(([key, member]) => (
          <Node key={key} name={key} value={member} depth={depth + 1} openDepth={openDepth} />
        ))}
      {isOpen.value && rest > 0 && (
        <button
          type="button"
          class="small"
          onClick={() => most.value += SHOWN_MEMBERS}
        >
          {say("nItems", { n: rest })} …
        </button>
      )}
    </details>
  );
}

function Name({ name }: { readonly name: string | undefined }) {
  return name === undefined ? null : <span class="key">{name}:</span>;
}
