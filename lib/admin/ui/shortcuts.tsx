/** The list of keys. */
import { useEffect, useRef } from "preact/hooks";
import { useStore } from "./store.ts";
import type { Word } from "./words.ts";

const KEYS: readonly (readonly [keys: readonly string[], word: Word])[] = [
  [["1", "2", "3", "4"], "keyPages"],
  [["/"], "keySearch"],
  [["j", "k"], "keyMove"],
  [["Enter"], "keyOpen"],
  [["Esc"], "keyBack"],
  [["p"], "keyPause"],
  [["t"], "keyTheme"],
  [["l"], "keyLanguage"],
  [["?"], "keyHelp"],
];

export function Shortcuts() {
  const { say, showsShortcuts } = useStore();
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = showsShortcuts.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} onClose={() => showsShortcuts.value = false} aria-labelledby="keys">
      <h2 id="keys">{say("shortcuts")}</h2>
      <dl class="keys">
        {KEYS.map(([keys, word]) => (
          <div key={word}>
            <dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{say(word)}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => showsShortcuts.value = false}>{say("close")}</button>
    </dialog>
  );
}
