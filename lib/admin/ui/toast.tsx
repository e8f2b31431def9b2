/** Says for a few seconds how an action went. */
import { useEffect } from "preact/hooks";
import { useStore } from "./store.ts";

const SHOWN_MS = 5_000;

export function ToastLine() {
  const { toast } = useStore();
  const shown = toast.value;
  useEffect(() => {
    if (shown === undefined) return;
    const timer = setTimeout(() => toast.value = undefined, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div class="toast-line" role="status" aria-live="polite">
      {shown && <span class={`toast ${shown.isBad ? "bad" : "ok"}`}>{shown.text}</span>}
    </div>
  );
}
